using Capability = Berth.Node.Volumes.Csi.V1.NodeServiceCapability.Types.RPC.Types.Type;

namespace Berth.Node.Volumes.Csi;

/// <summary>A driver that is registered on this node.</summary>
public sealed record CsiDriver(string Name, CsiClient Client, IReadOnlySet<Capability> Capabilities)
{
    public bool Stages => Capabilities.Contains(Capability.StageUnstageVolume);

    public bool Expands => Capabilities.Contains(Capability.ExpandVolume);

    public bool GivesStats => Capabilities.Contains(Capability.GetVolumeStats);

    /// <summary>Applies fsGroup itself, as part of the mount.</summary>
    public bool MountsForGroup => Capabilities.Contains(Capability.VolumeMountGroup);

    /// <summary>Knows the two finer access modes that ReadWriteOncePod needs.</summary>
    public bool KnowsSinglePod => Capabilities.Contains(Capability.SingleNodeMultiWriter);
}
