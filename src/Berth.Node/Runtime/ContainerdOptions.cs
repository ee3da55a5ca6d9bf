using System.Security.Cryptography;
using System.Text;

namespace Berth.Node.Runtime;

/// <summary>What one instance's containerd needs to know.</summary>
public sealed record ContainerdOptions
{
    /// <summary>Berth's data directory; containerd's own is <c>containerd/</c> in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Pod ranges of this node, one per address family.</summary>
    public required IReadOnlyList<string> PodCidrs { get; init; }

    /// <summary>Bridge of the pods; null is a name derived from the data directory.</summary>
    public string? BridgeName { get; init; }

    /// <summary>Null leaves it to the bridge plugin (the kernel's default).</summary>
    public int? Mtu { get; init; }

    /// <summary>As in containerd: trace, debug, info, warn, error. At info it writes some five kilobytes for each pod.</summary>
    public string LogLevel { get; init; } = "warn";

    /// <summary>containerd to run; null looks on PATH and in the system's directories.</summary>
    public string? ContainerdPath { get; init; }

    /// <summary>How long containerd may take until it answers. Loading many containers on a slow disk takes seconds.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Eight hex digits that tell this instance from others on the machine.</summary>
    public string InstanceHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(DataDirectory)))))[..8];

    /// <summary>Cgroup that holds all cgroups of this instance's pods; two instances' limits never meet.</summary>
    public string CgroupRoot => $"/berth-{InstanceHash}";

    public string EffectiveBridgeName => BridgeName ?? $"berth-{InstanceHash}"; // 14 of the 15 characters that an interface may have
}
