using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Coordination.V1;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;

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

    /// <summary>What is used of each resource that the quota limits; zero where nothing is.</summary>
    public static ApiMap<Quantity> Used(ResourceQuota quota, IObjectReader objects)
    {
        var used = quota.Spec.Hard.Select(e => KeyValuePair.Create(e.Key, Quantity.Zero)).ToApiMap();
        foreach (var kind in quota.Spec.Hard.Keys.Select(KindOf).Distinct())
        {
            if (!s_kinds.TryGetValue(kind, out var list))
                continue;
            foreach (var value in list(objects, quota.Metadata.Namespace))
            {
                if (QuotaUsage.Matches(quota, value))
                    used = QuotaUsage.Sum(used, QuotaUsage.Limited(quota, QuotaUsage.Of(value)));
            }
        }

        return used;
    }

    /// <summary>True when the cache has the object, at this or a later state.</summary>
    internal static bool IsStored(IObjectReader objects, IApiObject value)
    {
        var name = Http.ApiStatusException.Qualified(value.KindInfo.Group, value.KindInfo.Plural);
        return !s_kinds.TryGetValue(name, out var list)
            || list(objects, value.Metadata.Namespace).Any(o => o.Metadata.Name == value.Metadata.Name && o.Metadata.Uid == value.Metadata.Uid);
    }

    private static string KindOf(string resource)
    {
        if (resource.StartsWith("count/", StringComparison.Ordinal))
            return resource["count/".Length..];
        if (resource is "requests.storage" || resource.Contains(".storageclass.storage.k8s.io/", StringComparison.Ordinal))
            return "persistentvolumeclaims";
        if (resource.StartsWith("services.", StringComparison.Ordinal))
            return "services";
        return s_kinds.ContainsKey(resource) ? resource : "pods";
    }
}
