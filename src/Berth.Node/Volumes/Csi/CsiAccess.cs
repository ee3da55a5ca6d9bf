using Berth.Api;
using Berth.Node.Volumes.Csi.V1;
using Mode = Berth.Node.Volumes.Csi.V1.VolumeCapability.Types.AccessMode.Types.Mode;

namespace Berth.Node.Volumes.Csi;

/// <summary>How a driver is asked for access, from what the volume says.</summary>
public static class CsiAccess
{
    /// <param name="modes">Of the PersistentVolume; empty for an inline volume.</param>
    /// <param name="mountGroup">The pod's fsGroup, for drivers that apply it themselves.</param>
    public static VolumeCapability Capability(CsiDriver driver, ApiList<string> modes, bool block, string fsType, IEnumerable<string> mountOptions, long? mountGroup)
    {
        var capability = new VolumeCapability
        {
            AccessMode = new VolumeCapability.Types.AccessMode { Mode = ModeOf(modes.Count > 0 ? modes[0] : "ReadWriteOnce", driver.KnowsSinglePod) },
        };
        if (block)
        {
            capability.Block = new VolumeCapability.Types.BlockVolume();
            return capability;
        }

        capability.Mount = new VolumeCapability.Types.MountVolume { FsType = fsType, VolumeMountGroup = mountGroup?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "" };
        capability.Mount.MountFlags.AddRange(mountOptions);
        return capability;
    }

    /// <summary>Whether the node agent hands the files to the pod's group, by the driver's policy.</summary>
    public static bool AppliesGroup(string? policy, string fsType, ApiList<string> modes) => policy switch
    {
        "None" => false,
        "File" => true,
        _ => fsType.Length > 0 && modes.Any(m => m is "ReadWriteOnce" or "ReadWriteOncePod"),
    };

    private static Mode ModeOf(string mode, bool finer) => mode switch
    {
        "ReadWriteMany" => Mode.MultiNodeMultiWriter,
        "ReadOnlyMany" => Mode.MultiNodeReaderOnly,
        "ReadWriteOncePod" => finer ? Mode.SingleNodeSingleWriter : Mode.SingleNodeWriter,
        _ => finer ? Mode.SingleNodeMultiWriter : Mode.SingleNodeWriter,
    };
}
