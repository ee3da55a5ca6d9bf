using Berth.Api;

namespace Berth.Resources.Demand;

/// <summary>
/// Amounts of resources in their base units: CPU in millicores, memory and ephemeral storage in bytes, everything else
/// (huge pages, extended resources) in units by name. Immutable.
/// </summary>
public sealed record ResourceAmounts
{
    public static ResourceAmounts None { get; } = new();

    /// <summary>Millicores.</summary>
    public long Cpu { get; init; }

    /// <summary>Bytes.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes.</summary>
    public long EphemeralStorage { get; init; }

    /// <summary>Huge pages in bytes, extended resources in units.</summary>
    public ApiMap<long> Others { get; init; } = [];

    public static ResourceAmounts operator +(ResourceAmounts left, ResourceAmounts right) => Combine(left, right, SaturatingAdd);

    public static ResourceAmounts operator -(ResourceAmounts left, ResourceAmounts right) => Combine(left, right, static (a, b) => a - b);

    public static ResourceAmounts Max(ResourceAmounts left, ResourceAmounts right) => Combine(left, right, Math.Max);

    /// <summary>From a resource list of the API, as in <c>resources.requests</c> or <c>status.allocatable</c>. The <c>pods</c> entry is left out: it counts pods, not what they use.</summary>
    public static ResourceAmounts Of(ApiMap<Quantity> list)
    {
        long cpu = 0, memory = 0, ephemeral = 0;
        var others = new List<KeyValuePair<string, long>>();
        foreach (var (name, quantity) in list.AsSpan())
        {
            switch (name)
            {
                case "cpu":
                    cpu = quantity.MilliValue;
                    break;
                case "memory":
                    memory = quantity.Value;
                    break;
                case "ephemeral-storage":
                    ephemeral = quantity.Value;
                    break;
                case "pods":
                    break;
                default:
                    others.Add(new(name, quantity.Value));
                    break;
            }
        }

        return new() { Cpu = cpu, Memory = memory, EphemeralStorage = ephemeral, Others = others.ToApiMap() };
    }

    private static ResourceAmounts Combine(ResourceAmounts left, ResourceAmounts right, Func<long, long, long> combine)
    {
        var others = left.Others;
        foreach (var (name, amount) in right.Others.AsSpan())
            others = others.With(name, combine(left.Others.GetOr(name), amount));
        foreach (var (name, amount) in left.Others.AsSpan())
        {
            if (!right.Others.ContainsKey(name))
                others = others.With(name, combine(amount, 0));
        }

        return new()
        {
            Cpu = combine(left.Cpu, right.Cpu),
            Memory = combine(left.Memory, right.Memory),
            EphemeralStorage = combine(left.EphemeralStorage, right.EphemeralStorage),
            Others = others,
        };
    }

    // Requests near 2^63 are valid input: they must not wrap into a negative sum that fits everywhere.
    private static long SaturatingAdd(long a, long b)
    {
        var sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : sum;
    }
}
