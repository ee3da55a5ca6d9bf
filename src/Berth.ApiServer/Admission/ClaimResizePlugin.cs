using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>Lets a claim grow only where its storage class says that volumes can.</summary>
public sealed class ClaimResizePlugin(IObjectReader objects) : KindPlugin<PersistentVolumeClaim>
{
    public override string Name => "PersistentVolumeClaimResize";

    protected override async ValueTask ValidateAsync(
        AdmissionAttributes attributes, PersistentVolumeClaim? value, PersistentVolumeClaim? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Update || value is null || old is null
            || value.Spec.Resources.Requests.GetOr("storage") <= old.Spec.Resources.Requests.GetOr("storage"))
            return;
        if (old.Status.Phase != "Bound")
            throw Refuse("Only bound persistent volume claims can be expanded");
        var name = value.Spec.StorageClassName;
        var storage = string.IsNullOrEmpty(name) ? null : await objects.GetAsync<StorageClass>(null, name, cancellation).ConfigureAwait(false);
        if (storage?.AllowVolumeExpansion != true)
            throw Refuse("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");

        ApiStatusException Refuse(string message) => ApiStatusException.Forbidden(PersistentVolumeClaim.Kind, attributes.Name, message);
    }
}
