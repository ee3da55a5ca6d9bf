using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Resources.Quota;

namespace Berth.Controllers.Quotas;

/// <summary>
/// Keeps the status of resource quotas: what they limit, and how much of it is used. The API server does not read it (it
/// counts for itself, so that nothing slips through while this follows); people and schedulers do.
/// </summary>
public sealed class ResourceQuotaController : Controller
{
    private readonly Informer<ResourceQuota> _quotas;
    private readonly Dictionary<string, Func<string, IEnumerable<IApiObject>>> _kinds = new(StringComparer.Ordinal);

    public ResourceQuotaController(ControllerContext context)
        : base(context, "resourcequota-controller", workers: 2)
    {
        _quotas = context.Informers.For<ResourceQuota>();
        _quotas.AddHandler(QuotaChanged, (_, quota) => QuotaChanged(quota), QuotaChanged);
        Count<Pod>();
        Count<Service>();
        Count<PersistentVolumeClaim>();
        Count<ConfigMap>();
        Count<Secret>();
        Count<ServiceAccount>();
        Count<ReplicationController>();
        Count<ReplicaSet>();
        Count<Deployment>();
        Count<StatefulSet>();
        Count<DaemonSet>();
        Count<Job>();
        Count<CronJob>();
        _kinds["resourcequotas"] = _quotas.Cache.List;
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_quotas.Cache.Get(key) is not { } quota)
            return;
        var used = QuotaUsage.Used(quota, kind => _kinds.TryGetValue(kind, out var list) ? list(key.Namespace) : []);
        var status = new ResourceQuotaStatus { Hard = quota.Spec.Hard, Used = used };
        if (status != quota.Status)
            await Client.UpdateStatusAsync(quota with { Status = status }, null, ct).ConfigureAwait(false);
    }

    // Quotas may count quotas.
    private void QuotaChanged(ResourceQuota quota) => Wake(quota.Metadata.Namespace);

    private void Wake(string ns)
    {
        foreach (var quota in _quotas.Cache.List(ns))
            Enqueue(quota);
    }

    private void Count<T>()
        where T : class, IApiObject<T>
    {
        var informer = Context.Informers.For<T>();
        _kinds[QuotaUsage.CountedName(T.Kind)] = informer.Cache.List;
        informer.AddHandler(
            added => Wake(added.Metadata.Namespace),
            (old, changed) =>
            {
                var quotas = _quotas.Cache.List(changed.Metadata.Namespace);
                if (quotas.Count > 0 && (!QuotaUsage.Of(old).Equals(QuotaUsage.Of(changed)) || quotas.Any(q => QuotaUsage.Matches(q, old) != QuotaUsage.Matches(q, changed))))
                    Wake(changed.Metadata.Namespace);
            },
            deleted => Wake(deleted.Metadata.Namespace));
    }
}
