using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class StorageClassStrategy : ResourceStrategy<StorageClass>
{
    public override bool HasGeneration => false;

    public override StorageClass Default(StorageClass value) => value is { ReclaimPolicy: not null, VolumeBindingMode: not null }
        ? value
        : value with { ReclaimPolicy = value.ReclaimPolicy ?? "Delete", VolumeBindingMode = value.VolumeBindingMode ?? "Immediate" };
}
