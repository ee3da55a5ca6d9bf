using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;

namespace Berth.ApiServer.Admission;

/// <summary>Keeps claims, volumes and classes of volume attributes that are in use from going: a controller takes the finalizers away when nobody uses them any more.</summary>
public sealed class StorageObjectInUseProtectionPlugin : IAdmissionPlugin
{
    public const string ClaimFinalizer = "kubernetes.io/pvc-protection";
    public const string VolumeFinalizer = "kubernetes.io/pv-protection";
    public const string AttributesClassFinalizer = "kubernetes.io/vac-protection";

    public string Name => "StorageObjectInUseProtection";

    public ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var finalizer = value switch
        {
            PersistentVolumeClaim => ClaimFinalizer,
            PersistentVolume => VolumeFinalizer,
            VolumeAttributesClass => AttributesClassFinalizer,
            _ => null,
        };
        return ValueTask.FromResult(
            finalizer is null || attributes is not { Operation: AdmissionOperation.Create, Subresource: "" } || value.Metadata.Finalizers.Contains(finalizer)
                ? value
                : value.WithMetadata(value.Metadata with { Finalizers = value.Metadata.Finalizers.Add(finalizer) }));
    }
}
