using System.Globalization;
using Berth.Api.Core.V1;

namespace Berth.Node.Resources;

/// <summary>
/// What a pod asks of the kernel by annotations, one of its containers at a time. A value is for all containers
/// (<c>"20ms"</c>) or named (<c>"app=20ms,proxy=5ms"</c>). docs/operations/isolation.md lists them for people.
/// </summary>
/// <param name="CpuBurst">CPU time that a container may save up while below its limit and use above it; null: none.</param>
/// <param name="CpuIdle">Runs only when nothing else wants the CPU.</param>
/// <param name="CpuWeight">1 to 10000, in place of what the request makes; null: as requested.</param>
public sealed record ContainerSettings(TimeSpan? CpuBurst, bool CpuIdle, int? CpuWeight)
{
    public const string BurstKey = "berth.dev/cpu-burst";
    public const string IdleKey = "berth.dev/cpu-idle";
    public const string WeightKey = "berth.dev/cpu-weight";

    /// <summary>Class of the pod in resctrl: L3 cache and memory bandwidth.</summary>
    public const string CacheClassKey = "berth.dev/rdt-class";

    /// <summary><c>disable</c>: interrupts of devices are kept off the pod's exclusive CPUs.</summary>
    public const string InterruptsKey = "berth.dev/irq-load-balancing";

    // Linux counts bursts as part of one period, of 100 ms here.
    private static readonly TimeSpan s_burstMax = TimeSpan.FromMilliseconds(100);

    public static ContainerSettings None { get; } = new(null, false, null);

    public bool IsNone => this == None;

    /// <exception cref="FormatException">With the annotation, its value and what would be right.</exception>
    public static ContainerSettings Of(Pod pod, Container container)
    {
        var burst = Value(pod, container, BurstKey);
        var idle = Value(pod, container, IdleKey);
        var weight = Value(pod, container, WeightKey);
        if (burst is null && idle is null && weight is null)
            return None;
        var settings = new ContainerSettings(
            burst is null ? null : BurstOf(burst),
            idle switch { null or "false" => false, "true" => true, _ => throw Wrong(IdleKey, idle, "true or false") },
            weight is null ? null
            : int.TryParse(weight, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10_000 ? number : throw Wrong(WeightKey, weight, "a number from 1 to 10000"));
        if (settings is { CpuIdle: true, CpuWeight: not null })
            throw new FormatException($"annotations {IdleKey} and {WeightKey} contradict each other for container {container.Name}: what is idle has no weight");
        if (settings.CpuBurst > TimeSpan.Zero && (!container.Resources.Limits.TryGetValue("cpu", out var limit) || limit.IsZero))
            throw new FormatException($"annotation {BurstKey}: container {container.Name} has no CPU limit to burst above");
        if (settings.CpuBurst is { } above && above.TotalMilliseconds > s_burstMax.TotalMilliseconds * container.Resources.Limits["cpu"].MilliValue / 1000)
            throw new FormatException($"annotation {BurstKey}: {burst} is more than the CPU time of one period ({container.Resources.Limits["cpu"].MilliValue / 10.0:0.##}ms by the limit), and the kernel takes no more");
        return settings;
    }

    private static string? Value(Pod pod, Container container, string key)
    {
        if (!pod.Metadata.Annotations.TryGetValue(key, out var text))
            return null;
        if (!text.Contains('=', StringComparison.Ordinal))
            return text.Trim();
        string? found = null;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
                throw Wrong(key, text, "one value, or CONTAINER=VALUE parts with commas between");
            if (pod.Spec.Containers.Concat(pod.Spec.InitContainers).All(c => c.Name != name))
                throw new FormatException($"annotation {key}: the pod has no container {name}");
            if (name == container.Name)
                found = value;
        }

        return found;
    }

    private static TimeSpan BurstOf(string text)
    {
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1000) : text.EndsWith("us", StringComparison.Ordinal) ? (text[..^2], 1) : ("", 0);
        return text == "0" ? TimeSpan.Zero
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count * unit <= 1_000_000 ? TimeSpan.FromMicroseconds(count * unit)
            : throw Wrong(BurstKey, text, "a time such as 20ms or 500us");
    }

    private static FormatException Wrong(string key, string value, string right) => new($"annotation {key}: \"{value}\" is not {right}");
}
