using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Http;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Registry;

public partial class ResourceRegistry<T>
{
    /// <summary>Changes an object, or creates it where the change allows that.</summary>
    public async Task<UpdateResult> UpdateAsync(ObjectKey key, ObjectChange<T> change, WriteContext context)
    {
        await Services.Hub.WaitForLatestAsync(context.Cancellation).ConfigureAwait(false);
        var current = Cache.Current.Get(key);
        for (var attempt = 1; ; attempt++)
        {
            if (current is null)
            {
                if (change.Create is null)
                    throw ApiStatusException.NotFound(Kind, key.Name);
                try
                {
                    return new UpdateResult(await CreateAsync(key.Namespace, await change.Create().ConfigureAwait(false), context, change.OwnsManagedFields).ConfigureAwait(false), IsNew: true);
                }
                catch (ApiStatusException e) when (e.Status.Reason == "AlreadyExists" && attempt < AttemptsMax)
                {
                    // Somebody else made it in between: then it is an update.
                    await Services.Hub.WaitForLatestAsync(context.Cancellation).ConfigureAwait(false);
                    current = Cache.Current.Get(key);
                    if (current is null && context.DryRun)
                        throw;
                    continue;
                }
            }

            var attributes = Attributes(AdmissionOperation.Update, key, change.Subresource, context);
            var stored = false;
            try
            {
                var old = await ReadAsync(current, context.Cancellation).ConfigureAwait(false);
                var asked = await change.Apply(old).ConfigureAwait(false);
                var (value, insists) = CheckIdentity(key, asked, old, change);
                value = await PrepareUpdateAsync(attributes, value, old, change, context).ConfigureAwait(false);

                var json = Encode(value);
                var storedJson = await ToStoredAsync(value, json, context.Cancellation).ConfigureAwait(false);
                var gone = IsReadyToGo(value);
                if (!gone && current.HasStored(storedJson))
                    return new UpdateResult(await ShowAsync(current, context.Cancellation).ConfigureAwait(false), IsNew: false);
                if (context.DryRun)
                    return new UpdateResult(Finished(key, value, json, current.Revision), IsNew: false);
                var outcome = await CommitAsync(key, gone ? null : storedJson, current.Revision, context.Cancellation).ConfigureAwait(false);
                if (outcome is StoreOutcome.Committed committed)
                {
                    stored = true;
                    return new UpdateResult(Finished(key, value, json, committed.Revision), IsNew: false) { IsGone = gone };
                }

                if (insists || attempt == AttemptsMax)
                    throw ApiStatusException.Modified(Kind, key.Name);
                current = ((StoreOutcome.Conflict)outcome).Current is { } newer ? Cache.Decode(newer) : null;
            }
            finally
            {
                foreach (var warning in attributes.Warnings)
                    context.Warn(warning);
                attributes.Finish(stored);
            }
        }
    }

    /// <summary>Is it this object, at this version? Gives the object with the metadata that only the server sets.</summary>
    private (T Value, bool Insists) CheckIdentity(ObjectKey key, T asked, T old, ObjectChange<T> change)
    {
        var (wants, has) = (asked.Metadata, old.Metadata);
        if (wants.Name.Length == 0)
            throw ApiStatusException.BadRequest("name must be provided");
        if (wants.Name != key.Name)
            throw ApiStatusException.BadRequest($"the name of the object ({wants.Name}) does not match the name on the URL ({key.Name})");
        if (Kind.Namespaced && wants.Namespace.Length > 0 && wants.Namespace != key.Namespace)
            throw ApiStatusException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        if (wants.Uid.Length > 0 && wants.Uid != has.Uid)
            throw ApiStatusException.Conflict(Kind, key.Name, $"Precondition failed: UID in precondition: {wants.Uid}, UID in object meta: {has.Uid}");

        var insists = wants.ResourceVersion.Length > 0 && change.ChecksVersion;
        if (insists && wants.ResourceVersion != has.ResourceVersion)
            throw ApiStatusException.Modified(Kind, key.Name);
        if (wants.ResourceVersion.Length == 0 && change.ChecksVersion && !Strategy.AllowsUnconditionalUpdate)
        {
            var errors = new FieldErrors();
            errors.Invalid("metadata.resourceVersion", 0, "must be specified for an update");
            ThrowIfInvalid(asked, errors);
        }

        return (asked.WithMetadata(wants with
        {
            Namespace = has.Namespace,
            SelfLink = "",
            Uid = has.Uid,
            ResourceVersion = has.ResourceVersion,
            Generation = has.Generation,
            CreationTimestamp = has.CreationTimestamp,
            DeletionTimestamp = has.DeletionTimestamp,
            DeletionGracePeriodSeconds = has.DeletionGracePeriodSeconds,
            GenerateName = wants.GenerateName.Length == 0 ? has.GenerateName : wants.GenerateName,
        }), insists);
    }

    private async Task<T> PrepareUpdateAsync(AdmissionAttributes attributes, T value, T old, ObjectChange<T> change, WriteContext context)
    {
        T Prepare(T asked)
        {
            var prepared = change.Rules switch
            {
                ChangeRules.Main => Strategy.PrepareForUpdate(Strategy.Default(asked), old),
                ChangeRules.Status => KeepMetadata(Strategy.PrepareForStatusUpdate(Strategy.Default(asked), old), old),
                _ => Strategy.Default(asked),
            };
            return prepared;
        }

        value = Prepare(value);
        if (!change.OwnsManagedFields)
            value = FieldOwnership.OnWrite(old, value, change.Subresource, context, Services.Now);
        value = Strategy.Default(await Services.Admission.MutateAsync(attributes, value, old, context.Cancellation).ConfigureAwait(false));
        if (Strategy.HasGeneration && change is { Rules: not ChangeRules.Status, Subresource: not "binding" } && SpecDiffers(value, old))
            value = value.WithMetadata(value.Metadata with { Generation = old.Metadata.Generation + 1 });
        value = FieldOwnership.Settle(old, value);

        var errors = new FieldErrors();
        MetadataRules.ValidateUpdate(errors, FieldPath.Metadata, value.Metadata, old.Metadata);
        switch (change.Rules)
        {
            case ChangeRules.Main:
                Strategy.Validate(value, errors);
                Strategy.ValidateUpdate(value, old, errors);
                break;
            case ChangeRules.Status:
                Strategy.ValidateStatusUpdate(value, old, errors);
                break;
            case ChangeRules.Validated:
                Strategy.Validate(value, errors);
                break;
            default:
                break;
        }

        ThrowIfInvalid(value, errors);
        if (change.Rules == ChangeRules.Main)
        {
            foreach (var warning in Strategy.Warnings(value, old))
                context.Warn(warning);
        }

        await Services.Admission.ValidateAsync(attributes, value, old, context.Cancellation).ConfigureAwait(false);
        return value;
    }

    // Labels, annotations and finalizers may be changed with the status; what deletes an object may not.
    private static T KeepMetadata(T value, T old) => value.WithMetadata(value.Metadata with
    {
        DeletionTimestamp = old.Metadata.DeletionTimestamp,
        DeletionGracePeriodSeconds = old.Metadata.DeletionGracePeriodSeconds,
        OwnerReferences = old.Metadata.OwnerReferences,
    });

    /// <summary>A deleted object whose last finalizer this change took away, and whose grace is over.</summary>
    private bool IsReadyToGo(T value) =>
        value.Metadata is { DeletionTimestamp: not null, Finalizers.IsEmpty: true, DeletionGracePeriodSeconds: null or 0 } && !Deletion.IsHeld(value);
}
