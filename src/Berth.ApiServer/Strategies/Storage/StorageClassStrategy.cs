using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class StorageClassStrategy : ResourceStrategy<StorageClass>
{
    public override bool HasGeneration => false;

    public override StorageClass Default(StorageClass value) => value is { ReclaimPolicy: not null, VolumeBindingMode: not null }
        ? value
        : value with { ReclaimPolicy = value.ReclaimPolicy ?? "Delete", VolumeBindingMode = value.VolumeBindingMode ?? "Immediate" };

    public override void Validate(StorageClass value, FieldErrors errors)
    {
        ClassRules.Driver(errors, FieldPath.Root["provisioner"], value.Provisioner);
        ClassRules.Parameters(errors, FieldPath.Root["parameters"], value.Parameters);
        if (value.ReclaimPolicy is { Length: > 0 } policy)
            BasicRules.OneOf(errors, FieldPath.Root["reclaimPolicy"], policy, "Delete", "Retain");
        if (value.VolumeBindingMode is { } mode)
            BasicRules.OneOf(errors, FieldPath.Root["volumeBindingMode"], mode, "Immediate", "WaitForFirstConsumer");
    }

    public override void ValidateUpdate(StorageClass value, StorageClass old, FieldErrors errors)
    {
        BasicRules.Unchanged(errors, FieldPath.Root["parameters"], value.Parameters, old.Parameters);
        BasicRules.Unchanged(errors, FieldPath.Root["provisioner"], value.Provisioner, old.Provisioner);
        BasicRules.Unchanged(errors, FieldPath.Root["reclaimPolicy"], value.ReclaimPolicy, old.ReclaimPolicy);
        BasicRules.Unchanged(errors, FieldPath.Root["volumeBindingMode"], value.VolumeBindingMode, old.VolumeBindingMode);
    }
}
