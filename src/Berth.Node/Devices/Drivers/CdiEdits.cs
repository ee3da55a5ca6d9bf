using Berth.Api;

namespace Berth.Node.Devices.Drivers;

/// <summary>Changes to a container, as far as the Container Device Interface and CRI both know them.</summary>
public sealed record CdiEdits
{
    public static CdiEdits None { get; } = new();

    /// <summary>Nodes in /dev; the same path in the container as on the machine.</summary>
    public ApiList<CdiNode> Nodes { get; init; } = [];

    /// <summary>Files that are shown read-only.</summary>
    public ApiList<CdiMount> Mounts { get; init; } = [];

    /// <summary>As NAME=value.</summary>
    public ApiList<string> Environment { get; init; } = [];
}

/// <param name="Path">In the container.</param>
/// <param name="HostPath">On the machine.</param>
public sealed record CdiNode(string Path, string HostPath);

/// <inheritdoc cref="CdiNode"/>
public sealed record CdiMount(string Path, string HostPath);
