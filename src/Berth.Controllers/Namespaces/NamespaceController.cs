using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Client.Metadata;

namespace Berth.Controllers.Namespaces;

/// <summary>
/// Empties namespaces that are being deleted and lets them go when nothing is left in them. What still is there, and why, is
/// told in the namespace's conditions.
/// </summary>
public sealed class NamespaceController : Controller
{
    private const string Finalizer = "kubernetes";

    // Pods end by their grace periods; asking more often would only be answered the same.
    private static readonly TimeSpan s_recheckMin = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_recheckMax = TimeSpan.FromSeconds(5);

    private readonly Informer<Namespace> _namespaces;

    public NamespaceController(ControllerContext context)
        : base(context, "namespace-controller", workers: 5)
    {
        _namespaces = context.Informers.For<Namespace>();
        _namespaces.AddHandler(Enqueue, (_, value) => Enqueue(value));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var value = _namespaces.Cache.Get("", key.Name);
        if (value?.Metadata.DeletionTimestamp is null || !value.Spec.Finalizers.Contains(Finalizer))
            return;

        // Asked anew for each round: a custom kind may have come or gone since.
        var served = await Context.Metadata.Kinds.AskAsync(ct).ConfigureAwait(false);
        var left = new List<RemainingContent>();
        var failures = new List<string>();
        // Pods end before what they may need while they end: their network policies, secrets and claims.
        await EmptyAsync(Pod.Kind, key.Name, left, failures, ct).ConfigureAwait(false);
        if (left.Count == 0)
        {
            foreach (var kind in served.Preferred)
            {
                if (kind != Pod.Kind && kind.Namespaced && kind.Verbs.Contains("list") && kind.Verbs.Contains("delete"))
                    await EmptyAsync(kind, key.Name, left, failures, ct).ConfigureAwait(false);
            }
        }

        var conditions = NamespaceConditions.Of(value.Status.Conditions, left, failures, served.Stale, Time.GetUtcNow());
        try
        {
            if (!conditions.Equals(value.Status.Conditions))
                value = await Client.UpdateStatusAsync(value with { Status = value.Status with { Conditions = conditions } }, ct: ct).ConfigureAwait(false);
            if (left.Count + failures.Count + served.Stale.Count > 0)
            {
                var wait = s_recheckMin * Math.Pow(2, Math.Min(Queue.Failures(key), 5));
                Queue.AddAfter(key, wait < s_recheckMax ? wait : s_recheckMax);
                return;
            }

            var finalizers = value.Spec.Finalizers.Where(f => f != Finalizer).ToApiList();
            await Client.UpdateSubresourceAsync(value with { Spec = value.Spec with { Finalizers = finalizers } }, "finalize", ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The cache is behind: an earlier round has finished it.
        }
    }

    private async Task EmptyAsync(KindInfo kind, string ns, List<RemainingContent> left, List<string> failures, CancellationToken ct)
    {
        try
        {
            var (before, _) = await Context.Metadata.ListAsync(kind, ns, ct).ConfigureAwait(false);
            if (before.Count == 0)
                return;
            // Pods are asked to end once; asking again would not shorten their grace.
            if (before.Any(o => o.Metadata.DeletionTimestamp is null))
                await DeleteAllAsync(kind, ns, before, ct).ConfigureAwait(false);
            var (after, _) = await Context.Metadata.ListAsync(kind, ns, ct).ConfigureAwait(false);
            if (after.Count > 0)
                left.Add(new RemainingContent(kind, after.Count, [.. after.SelectMany(o => o.Metadata.Finalizers)]));
        }
        catch (ApiException e) when (e.IsNotFound || e.Code == 405)
        {
            // No longer served.
        }
        catch (ApiException e)
        {
            failures.Add(e.Message);
        }
    }

    private async Task DeleteAllAsync(KindInfo kind, string ns, IReadOnlyList<ObjectMetadata> objects, CancellationToken ct)
    {
        if (kind.Verbs.Contains("deletecollection"))
        {
            await Context.Metadata.DeleteCollectionAsync(kind, ns, new DeleteOptions { PropagationPolicy = "Background" }, ct).ConfigureAwait(false);
            return;
        }

        foreach (var value in objects)
        {
            try
            {
                await Context.Metadata.DeleteAsync(kind, ns, value.Metadata.Name, new DeleteOptions { PropagationPolicy = "Background" }, ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                // Gone meanwhile.
            }
        }
    }
}
