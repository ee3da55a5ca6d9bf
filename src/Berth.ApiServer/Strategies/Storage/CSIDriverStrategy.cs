using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

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

    public override void Validate(CSIDriver value, FieldErrors errors)
    {
        VolumeRules.DriverName(errors, FieldPath.Metadata["name"], value.Metadata.Name);
        if (value.Spec.FsGroupPolicy is { } policy)
            BasicRules.OneOf(errors, FieldPath.Spec["fsGroupPolicy"], policy, "File", "None", "ReadWriteOnceWithFSType");
        foreach (var mode in value.Spec.VolumeLifecycleModes)
            BasicRules.OneOf(errors, FieldPath.Spec["volumeLifecycleModes"], mode, "Ephemeral", "Persistent");
    }

    public override void ValidateUpdate(CSIDriver value, CSIDriver old, FieldErrors errors)
    {
        BasicRules.Unchanged(errors, FieldPath.Spec["attachedRequired"], value.Spec.AttachRequired, old.Spec.AttachRequired);
        BasicRules.Unchanged(errors, FieldPath.Spec["volumeLifecycleModes"], value.Spec.VolumeLifecycleModes, old.Spec.VolumeLifecycleModes);
    }
}
