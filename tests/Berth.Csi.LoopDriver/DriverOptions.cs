namespace Berth.Csi.LoopDriver;

/// <summary>What one driver process is told.</summary>
public sealed record DriverOptions
{
    public required string Name { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Image files and notes of what is attached where. Shared by the controller and all nodes: it stands for the storage system.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The driver's own socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The node agent's directory of registrations.</summary>
    public required string RegistryDirectory { get; init; }

    /// <summary>0 is no limit.</summary>
    public int VolumesMax { get; init; }

    /// <summary>What all volumes together may have; 0 is no limit.</summary>
    public long PoolBytes { get; init; }

    /// <summary>Label of nodes that volumes are bound to, with this node's value; empty for volumes that every node reaches.</summary>
    public string TopologyKey { get; init; } = "";

    public string TopologyValue { get; init; } = "";
}
