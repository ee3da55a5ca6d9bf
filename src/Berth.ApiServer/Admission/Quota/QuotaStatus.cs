using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Coordination.V1;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;
using Berth.Resources.Quota;

namespace Berth.ApiServer.Admission.Quota;

/// <summary>Counts what a quota's namespace uses, from the stored objects.</summary>
public static class QuotaStatus
{
    // Kinds that quotas count. Each is listed only where a quota asks for it.
    private static readonly Dictionary<string, Func<IObjectReader, string, IEnumerable<IApiObject>>> s_kinds = new()
    {
        ["pods"] = (o, ns) => o.List<Pod>(ns),
        ["services"] = (o, ns) => o.List<Service>(ns),
        ["persistentvolumeclaims"] = (o, ns) => o.List<PersistentVolumeClaim>(ns),
        ["configmaps"] = (o, ns) => o.List<ConfigMap>(ns),
        ["secrets"] = (o, ns) => o.List<Secret>(ns),
        ["replicationcontrollers"] = (o, ns) => o.List<ReplicationController>(ns),
        ["resourcequotas"] = (o, ns) => o.List<ResourceQuota>(ns),
        ["serviceaccounts"] = (o, ns) => o.List<ServiceAccount>(ns),
        ["deployments.apps"] = (o, ns) => o.List<Deployment>(ns),
        ["replicasets.apps"] = (o, ns) => o.List<ReplicaSet>(ns),
        ["statefulsets.apps"] = (o, ns) => o.List<StatefulSet>(ns),
        ["daemonsets.apps"] = (o, ns) => o.List<DaemonSet>(ns),
        ["jobs.batch"] = (o, ns) => o.List<Job>(ns),
        ["cronjobs.batch"] = (o, ns) => o.List<CronJob>(ns),
        ["ingresses.networking.k8s.io"] = (o, ns) => o.List<Ingress>(ns),
        ["leases.coordination.k8s.io"] = (o, ns) => o.List<Lease>(ns),
    };

    /// <inheritdoc cref="QuotaUsage.Used"/>
    public static ApiMap<Quantity> Used(ResourceQuota quota, IObjectReader objects) =>
        QuotaUsage.Used(quota, kind => s_kinds.TryGetValue(kind, out var list) ? list(objects, quota.Metadata.Namespace) : []);

    /// <summary>True when the cache has the object, at this or a later state.</summary>
    internal static bool IsStored(IObjectReader objects, IApiObject value)
    {
        var name = QuotaUsage.CountedName(value.KindInfo);
        return !s_kinds.TryGetValue(name, out var list)
            || list(objects, value.Metadata.Namespace).Any(o => o.Metadata.Name == value.Metadata.Name && o.Metadata.Uid == value.Metadata.Uid);
    }
}
