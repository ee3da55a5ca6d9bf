using Berth.Resources.Demand;

namespace Berth.Scheduler.Plugins;

/// <summary>How much a resource counts when nodes are compared.</summary>
public sealed record ResourceWeight(string Name, long Weight)
{
    public static IReadOnlyList<ResourceWeight> Defaults { get; } = [new("cpu", 1), new("memory", 1)];

    internal static long Amount(ResourceAmounts amounts, string resource) => resource switch
    {
        "cpu" => amounts.Cpu,
        "memory" => amounts.Memory,
        "ephemeral-storage" => amounts.EphemeralStorage,
        _ => amounts.Others.GetOr(resource),
    };
}
