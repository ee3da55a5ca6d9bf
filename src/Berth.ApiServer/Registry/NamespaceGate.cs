using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Registry;

/// <summary>Nothing is created in a namespace that does not exist or is on its way out.</summary>
internal static class NamespaceGate
{
    public static async ValueTask CheckAsync(RegistryServices services, KindInfo kind, string ns, string name, CancellationToken cancellation)
    {
        var namespaces = services.Registries.For<Namespace>();
        var found = namespaces.Cache.Current.Get(new ObjectKey("", ns)) ?? await namespaces.FindAsync(new ObjectKey("", ns), cancellation).ConfigureAwait(false);
        if (found is null)
            throw ApiStatusException.NotFound(namespaces.Kind, ns);
        if (found.Value.Metadata.DeletionTimestamp is null)
            return;
        var message = $"unable to create new content in namespace {ns} because it is being terminated";
        var refusal = ApiStatusException.Forbidden(kind, name, message).Status;
        throw new ApiStatusException(refusal with
        {
            Details = refusal.Details! with
            {
                Causes = [new StatusCause { Reason = "NamespaceTerminating", Message = $"namespace {ns} is being terminated", Field = "metadata.namespace" }],
            },
        });
    }
}
