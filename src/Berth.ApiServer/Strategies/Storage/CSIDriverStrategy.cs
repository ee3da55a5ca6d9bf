using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class CSIDriverStrategy : ResourceStrategy<CSIDriver>
{
    public override bool HasGeneration => false;

    public override CSIDriver Default(CSIDriver value)
    {
        var spec = value.Spec;
        spec = spec with
        {
            AttachRequired = spec.AttachRequired ?? true,
            PodInfoOnMount = spec.PodInfoOnMount ?? false,
            StorageCapacity = spec.StorageCapacity ?? false,
            FsGroupPolicy = spec.FsGroupPolicy ?? "ReadWriteOnceWithFSType",
            VolumeLifecycleModes = spec.VolumeLifecycleModes.IsEmpty ? ["Persistent"] : spec.VolumeLifecycleModes,
            RequiresRepublish = spec.RequiresRepublish ?? false,
            SeLinuxMount = spec.SeLinuxMount ?? false,
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }
}
