namespace Berth.Node.Lifecycle.Eviction;

/// <summary>What thresholds are about, by the names of Kubernetes' configuration.</summary>
public static class EvictionSignals
{
    public const string Memory = "memory.available";
    public const string NodeDisk = "nodefs.available";
    public const string NodeInodes = "nodefs.inodesFree";
    public const string ImageDisk = "imagefs.available";
    public const string ImageInodes = "imagefs.inodesFree";
    public const string Pids = "pid.available";

    /// <summary>In the order in which shortages are answered: memory first, since the kernel would kill otherwise.</summary>
    public static readonly IReadOnlyList<string> All = [Memory, NodeDisk, NodeInodes, ImageDisk, ImageInodes, Pids];

    /// <summary>The resource that pods ask for, or take, of what the signal tells of.</summary>
    public static string ResourceOf(string signal) => signal switch
    {
        Memory => "memory",
        Pids => "pids",
        NodeInodes or ImageInodes => "inodes",
        _ => "ephemeral-storage",
    };

    public static string ConditionOf(string signal) => signal switch
    {
        Memory => "MemoryPressure",
        Pids => "PIDPressure",
        _ => "DiskPressure",
    };

    public static bool IsDisk(string signal) => ConditionOf(signal) == "DiskPressure";
}
