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
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";

    public override async Task<DeleteResult> DeleteAsync(ObjectKey key, DeleteOptions options, WriteContext context)
    {
        CheckOptions(options);
        await Services.Hub.WaitForLatestAsync(context.Cancellation).ConfigureAwait(false);
        var current = Cache.Current.Get(key);
        for (var attempt = 1; ; attempt++)
        {
            if (current is null)
                throw ApiStatusException.NotFound(Kind, key.Name);
            var old = await ReadAsync(current, context.Cancellation).ConfigureAwait(false);
            CheckPreconditions(old.Metadata, options);
            var attributes = Attributes(AdmissionOperation.Delete, key, "", context);
            var stored = false;
            try
            {
                await Services.Admission.ValidateAsync(attributes, null, old, context.Cancellation).ConfigureAwait(false);
                var next = Next(old, options, out var pending);
                var shown = await ShowAsync(current, context.Cancellation).ConfigureAwait(false);
                if (pending)
                    return new DeleteResult(shown, IsGone: false);
                if (context.DryRun)
                    return new DeleteResult(next is null ? shown : Finished(key, next, Encode(next), current.Revision), IsGone: next is null);

                var json = next is null ? null : Encode(next);
                var storedJson = next is null ? null : await ToStoredAsync(next, json!, context.Cancellation).ConfigureAwait(false);
                if (storedJson is not null && current.HasStored(storedJson))
                {
                    if (Deletion.IsHeld(old) && Deletion.StillHeld is { } held)
                        throw ApiStatusException.Conflict(Kind, key.Name, held);
                    return new DeleteResult(shown, IsGone: false);
                }

                var outcome = await CommitAsync(key, storedJson, current.Revision, context.Cancellation).ConfigureAwait(false);
                if (outcome is StoreOutcome.Committed committed)
                {
                    stored = true;
                    return next is null
                        ? new DeleteResult(shown, IsGone: true)
                        : new DeleteResult(Finished(key, next, json!, committed.Revision), IsGone: false);
                }

                if (attempt == AttemptsMax)
                    throw ApiStatusException.Modified(Kind, key.Name);
                current = ((StoreOutcome.Conflict)outcome).Current is { } newer ? Cache.Decode(newer) : null;
            }
            finally
            {
                attributes.Finish(stored);
            }
        }
    }

    /// <summary>The object as the delete leaves it; null when it goes at once.</summary>
    /// <param name="pending">True when it is being deleted already and this request changes nothing about that.</param>
    private T? Next(T old, DeleteOptions options, out bool pending)
    {
        pending = false;
        var metadata = old.Metadata;
        // Negative grace is taken as the shortest, as kube-apiserver does.
        var asked = options.GracePeriodSeconds is < 0 ? 1 : options.GracePeriodSeconds;
        var graceful = false;
        if (metadata.DeletionTimestamp is { } deleting)
        {
            if (metadata.DeletionGracePeriodSeconds is { } before and not 0)
            {
                // Grace that has begun can only be shortened.
                if (asked is not { } shorter || shorter >= before)
                {
                    pending = true;
                    return old;
                }

                var end = deleting.Value.AddSeconds(shorter - before);
                if (end < Services.Now)
                {
                    end = Services.Now;
                    if (shorter != 0)
                        shorter = 1;
                }

                graceful = shorter != 0;
                metadata = metadata with { DeletionTimestamp = end, DeletionGracePeriodSeconds = shorter };
            }
        }
        else if (Strategy.GracePeriodSeconds(old, asked) is { } grace)
        {
            graceful = grace > 0;
            metadata = metadata with
            {
                DeletionTimestamp = Services.Now.AddSeconds(grace),
                DeletionGracePeriodSeconds = grace,
                Generation = metadata.Generation > 0 ? metadata.Generation + 1 : 0,
            };
        }

        metadata = metadata with { Finalizers = Finalizers(old.Metadata.Finalizers, options) };
        if (!graceful && metadata.Finalizers.IsEmpty && !Deletion.IsHeld(old))
            return null;
        if (metadata.DeletionTimestamp is null)
        {
            metadata = metadata with
            {
                DeletionTimestamp = Services.Now,
                DeletionGracePeriodSeconds = Deletion.IsHeld(old) ? null : 0,
                Generation = metadata.Generation > 0 ? metadata.Generation + 1 : 0,
            };
        }

        return Deletion.MarkDeleting(old.WithMetadata(metadata));
    }

    private ApiList<string> Finalizers(ApiList<string> has, DeleteOptions options)
    {
        // Who deletes without saying how keeps the policy that an earlier finalizer stands for.
        var stated = options.OrphanDependents is not null || options.PropagationPolicy is not null;
        var orphan = options.OrphanDependents ?? (options.PropagationPolicy is { } policy
            ? policy == "Orphan"
            : has.Contains(OrphanFinalizer) || (Deletion.OrphansByDefault && !has.Contains(ForegroundFinalizer)));
        var foreground = stated ? options.PropagationPolicy == "Foreground" : has.Contains(ForegroundFinalizer);
        if (orphan == has.Contains(OrphanFinalizer) && foreground == has.Contains(ForegroundFinalizer))
            return has;
        IEnumerable<string> kept = has.Where(f => f is not (OrphanFinalizer or ForegroundFinalizer));
        if (orphan)
            kept = kept.Append(OrphanFinalizer);
        if (foreground)
            kept = kept.Append(ForegroundFinalizer);
        return kept.ToApiList();
    }

    private void CheckPreconditions(ObjectMeta metadata, DeleteOptions options)
    {
        if (options.Preconditions is not { } preconditions)
            return;
        if (preconditions.Uid is { } uid && uid != metadata.Uid)
        {
            throw ApiStatusException.Conflict(
                Kind, metadata.Name, $"the UID in the precondition ({uid}) does not match the UID in record ({metadata.Uid}). The object might have been deleted and then recreated");
        }

        if (preconditions.ResourceVersion is { } version && version != metadata.ResourceVersion)
        {
            throw ApiStatusException.Conflict(
                Kind, metadata.Name, $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({metadata.ResourceVersion}). The object might have been modified");
        }
    }

    private static void CheckOptions(DeleteOptions options)
    {
        var errors = new FieldErrors();
        if (options is { OrphanDependents: not null, PropagationPolicy: not null })
            errors.Invalid("propagationPolicy", options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        else if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
            errors.NotSupported("propagationPolicy", options.PropagationPolicy, "Foreground", "Background", "Orphan");
        if (!errors.IsEmpty)
            throw ApiStatusException.Invalid(MetaKinds.DeleteOptions, "", errors);
    }
}
