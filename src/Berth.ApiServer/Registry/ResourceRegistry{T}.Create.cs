using Berth.Api;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Http;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Registry;

public partial class ResourceRegistry<T>
{
    // As many as kube-apiserver tries before it gives up on a generated name.
    private const int NameAttemptsMax = 8;

    /// <param name="ns">The namespace in the path; empty for cluster-scoped kinds.</param>
    /// <param name="ownsManagedFields">As in <see cref="ObjectChange{T}.OwnsManagedFields"/>.</param>
    public async Task<CachedObject> CreateAsync(string ns, T value, WriteContext context, bool ownsManagedFields = false)
    {
        var metadata = value.Metadata;
        if (metadata.ResourceVersion.Length > 0)
            throw ApiStatusException.BadRequest("resourceVersion should not be set on objects to be created");
        if (Kind.Namespaced && metadata.Namespace.Length > 0 && metadata.Namespace != ns)
            throw ApiStatusException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (Kind.Namespaced)
            await NamespaceGate.CheckAsync(Services, Kind, ns, metadata.Name, context.Cancellation).ConfigureAwait(false);

        for (var attempt = 1; ; attempt++)
        {
            // (1) What the client may not choose.
            var name = metadata.Name.Length == 0 && metadata.GenerateName.Length > 0
                ? Services.Identifiers.NewName(metadata.GenerateName)
                : metadata.Name;
            var prepared = value.WithMetadata(metadata with
            {
                Name = name,
                Namespace = Kind.Namespaced ? ns : "",
                SelfLink = "",
                Uid = Services.Identifiers.NewUid(),
                Generation = Strategy.HasGeneration ? 1 : 0,
                CreationTimestamp = Services.Now,
                DeletionTimestamp = null,
                DeletionGracePeriodSeconds = null,
            });
            var key = new ObjectKey(prepared.Metadata.Namespace, name);
            var attributes = Attributes(AdmissionOperation.Create, key, "", context);
            var stored = false;
            try
            {
                // (2) to (5)
                prepared = Strategy.PrepareForCreate(Strategy.Default(prepared));
                if (!ownsManagedFields)
                    prepared = FieldOwnership.OnWrite(null, prepared, "", context, Services.Now);
                prepared = Strategy.Default(await Services.Admission.MutateAsync(attributes, prepared, null, context.Cancellation).ConfigureAwait(false));
                var errors = new FieldErrors();
                MetadataRules.Validate(errors, FieldPath.Metadata, prepared.Metadata, Kind.Namespaced, Strategy.NameRule);
                Strategy.Validate(prepared, errors);
                Strategy.ValidateCreate(prepared, errors);
                ThrowIfInvalid(prepared, errors);
                foreach (var warning in Strategy.Warnings(prepared, null))
                    context.Warn(warning);
                await Services.Admission.ValidateAsync(attributes, prepared, null, context.Cancellation).ConfigureAwait(false);

                // (6)
                var json = Encode(prepared);
                if (context.DryRun)
                {
                    if (Cache.Current.Get(key) is not null)
                        throw ApiStatusException.AlreadyExists(Kind, name);
                    return DryRunResult(key, prepared, json);
                }

                var storedJson = await ToStoredAsync(prepared, json, context.Cancellation).ConfigureAwait(false);
                switch (await CommitAsync(key, storedJson, Revision.None, context.Cancellation).ConfigureAwait(false))
                {
                    case StoreOutcome.Committed committed:
                        stored = true;
                        return Finished(key, prepared, json, committed.Revision);
                    case StoreOutcome.Conflict when metadata.Name.Length == 0 && attempt < NameAttemptsMax:
                        continue;
                    default:
                        throw ApiStatusException.AlreadyExists(Kind, name);
                }
            }
            finally
            {
                foreach (var warning in attributes.Warnings)
                    context.Warn(warning);
                attributes.Finish(stored);
            }
        }
    }

    // A dry run has no revision of its own: the client sees none.
    private CachedObject DryRunResult(ObjectKey key, T value, byte[] json) =>
        CachedObject.Detached(Kind, key, json, value.WithMetadata(value.Metadata with { ResourceVersion = "" }));
}
