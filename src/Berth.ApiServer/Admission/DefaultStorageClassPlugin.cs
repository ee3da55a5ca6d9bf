using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>Gives a claim that names no storage class the default one; of several, the newest.</summary>
public sealed class DefaultStorageClassPlugin(IObjectReader objects) : KindPlugin<PersistentVolumeClaim>
{
    public const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    private const string BetaDefaultAnnotation = "storageclass.beta.kubernetes.io/is-default-class";
    private const string BetaClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public override string Name => "DefaultStorageClass";

    protected override ValueTask<PersistentVolumeClaim> MutateAsync(
        AdmissionAttributes attributes, PersistentVolumeClaim value, PersistentVolumeClaim? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Create || value.Spec.StorageClassName is not null || value.Metadata.Annotations.ContainsKey(BetaClassAnnotation))
            return ValueTask.FromResult(value);
        var chosen = objects.List<StorageClass>()
            .Where(c => c.Metadata.Annotations.GetOr(DefaultAnnotation) == "true" || c.Metadata.Annotations.GetOr(BetaDefaultAnnotation) == "true")
            .OrderByDescending(c => c.Metadata.CreationTimestamp?.Value).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return ValueTask.FromResult(chosen is null ? value : value with { Spec = value.Spec with { StorageClassName = chosen.Metadata.Name } });
    }
}
