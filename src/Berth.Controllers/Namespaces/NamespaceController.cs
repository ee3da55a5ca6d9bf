using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.Client;
using Berth.Client.Informers;

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
    private readonly IReadOnlyList<KindInfo> _kinds =
        [.. ApiCatalog.All.Where(k => k.Namespaced && k.Verbs.Contains("deletecollection") && k.Verbs.Contains("list"))];

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

        var left = new List<RemainingContent>();
        foreach (var kind in _kinds)
        {
            if (await EmptyAsync(kind, key.Name, ct).ConfigureAwait(false) is { } remaining)
                left.Add(remaining);
        }

        var conditions = NamespaceConditions.Of(value.Status.Conditions, left, Time.GetUtcNow());
        if (!conditions.Equals(value.Status.Conditions))
            value = await Client.UpdateStatusAsync(value with { Status = value.Status with { Conditions = conditions } }, ct: ct).ConfigureAwait(false);
        if (left.Count > 0)
        {
            var wait = s_recheckMin * Math.Pow(2, Math.Min(Queue.Failures(key), 5));
            Queue.AddAfter(key, wait < s_recheckMax ? wait : s_recheckMax);
            return;
        }

        var finalizers = value.Spec.Finalizers.Where(f => f != Finalizer).ToApiList();
        await Client.UpdateSubresourceAsync(value with { Spec = value.Spec with { Finalizers = finalizers } }, "finalize", ct: ct).ConfigureAwait(false);
    }

    // Null when the namespace has none of the kind.
    private async Task<RemainingContent?> EmptyAsync(KindInfo kind, string ns, CancellationToken ct)
    {
        try
        {
            var (before, _) = await Context.Metadata.ListAsync(kind, ns, ct).ConfigureAwait(false);
            if (before.Count == 0)
                return null;
            // Pods are asked to end once; asking again would not shorten their grace.
            if (before.Any(o => o.Metadata.DeletionTimestamp is null))
                await Context.Metadata.DeleteCollectionAsync(kind, ns, new DeleteOptions { PropagationPolicy = "Background" }, ct).ConfigureAwait(false);
            var (after, _) = await Context.Metadata.ListAsync(kind, ns, ct).ConfigureAwait(false);
            return after.Count == 0 ? null : new RemainingContent(kind, after.Count, [.. after.SelectMany(o => o.Metadata.Finalizers)]);
        }
        catch (ApiException e) when (e.IsNotFound || e.Code == 405)
        {
            return null;
        }
    }
}
