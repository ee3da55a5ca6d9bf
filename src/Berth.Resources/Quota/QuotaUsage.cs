using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using Berth.Resources.Demand;
using Berth.Resources.Volumes;

namespace Berth.Resources.Quota;

/// <summary>What objects count for in resource quotas. Pure.</summary>
public static class QuotaUsage
{
    private static readonly Quantity s_one = Quantity.FromUnits(1);

    // Kinds that have a name of their own in quotas, besides count/PLURAL.GROUP.
    private static readonly HashSet<string> s_counted =
        ["configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services"];

    /// <summary>All that one object counts for, whatever a quota looks at.</summary>
    public static ApiMap<Quantity> Of(IApiObject value)
    {
        var kind = value.KindInfo;
        var usage = ApiMap<Quantity>.Empty.With($"count/{CountedName(kind)}", s_one);
        if (kind.Group.Length == 0 && s_counted.Contains(kind.Plural))
            usage = usage.With(kind.Plural, s_one);
        return value switch
        {
            Pod pod => usage.With(OfPod(pod)),
            Service service => usage.With(OfService(service)),
            PersistentVolumeClaim claim => usage.With(OfClaim(claim)),
            _ => usage,
        };
    }

    /// <summary>True when the quota's scopes take in the object.</summary>
    public static bool Matches(ResourceQuota quota, IApiObject value) =>
        quota.Spec.Scopes.All(s => InScope(new() { ScopeName = s, Operator = "Exists" }, value))
        && (quota.Spec.ScopeSelector?.MatchExpressions.All(e => InScope(e, value)) ?? true);

    /// <summary>What of the usage the quota limits.</summary>
    public static ApiMap<Quantity> Limited(ResourceQuota quota, ApiMap<Quantity> usage) =>
        usage.Where(e => quota.Spec.Hard.ContainsKey(e.Key) && !e.Value.IsZero).ToApiMap();

    /// <summary>Amounts that a pod must state, because a quota counts them, and its containers that do not: <c>cpu for: a,b; memory for: a</c>.</summary>
    public static string? Unstated(ResourceQuota quota, Pod pod)
    {
        if (pod.Spec.Resources is { } own && (!own.Limits.IsEmpty || !own.Requests.IsEmpty))
            return null;
        var missing = new List<string>();
        foreach (var name in quota.Spec.Hard.Keys)
        {
            var limits = name.StartsWith("limits.", StringComparison.Ordinal);
            var resource = limits ? name["limits.".Length..] : name.StartsWith("requests.", StringComparison.Ordinal) ? name["requests.".Length..] : name;
            if (resource is not ("cpu" or "memory"))
                continue;
            var without = pod.Spec.Containers.Concat(pod.Spec.InitContainers)
                .Where(c => !(limits ? c.Resources.Limits : c.Resources.Requests).ContainsKey(resource)).Select(c => c.Name).Order(StringComparer.Ordinal).ToList();
            if (without.Count > 0)
                missing.Add($"{name} for: {string.Join(",", without)}");
        }

        return missing.Count == 0 ? null : string.Join("; ", missing);
    }

    public static ApiMap<Quantity> Sum(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach (var (name, quantity) in right)
            left = left.With(name, left.TryGetValue(name, out var other) ? other + quantity : quantity);
        return left;
    }

    /// <summary>Name of a kind behind <c>count/</c>: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public static string CountedName(KindInfo kind) => kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}";

    /// <summary>The kind whose objects a resource of a quota counts or sums up, as <see cref="CountedName"/> writes it.</summary>
    public static string KindOf(string resource)
    {
        if (resource.StartsWith("count/", StringComparison.Ordinal))
            return resource["count/".Length..];
        if (resource == "requests.storage" || resource.Contains(".storageclass.storage.k8s.io/", StringComparison.Ordinal))
            return "persistentvolumeclaims";
        if (resource.StartsWith("services.", StringComparison.Ordinal))
            return "services";
        return s_counted.Contains(resource) ? resource : "pods";
    }

    /// <summary>What is used of each resource that the quota limits, by the objects of its namespace; zero where nothing is.</summary>
    /// <param name="objects">Gives the objects of a kind, by the name of <see cref="KindOf"/>; nothing for kinds that are not counted.</param>
    public static ApiMap<Quantity> Used(ResourceQuota quota, Func<string, IEnumerable<IApiObject>> objects)
    {
        var used = quota.Spec.Hard.Select(e => KeyValuePair.Create(e.Key, Quantity.Zero)).ToApiMap();
        foreach (var kind in quota.Spec.Hard.Keys.Select(KindOf).Distinct())
        {
            foreach (var value in objects(kind))
            {
                if (Matches(quota, value))
                    used = Sum(used, Limited(quota, Of(value)));
            }
        }

        return used;
    }

    private static bool IsHugePages(string name) => name.StartsWith("hugepages-", StringComparison.Ordinal);

    // Devices and the like: a DNS name of somebody else than Kubernetes.
    private static bool IsExtended(string name) => name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal);

    private static ApiMap<Quantity> OfPod(Pod pod)
    {
        // What has ended needs nothing any more, and stands in nobody's way.
        if (pod.Status.Phase is "Succeeded" or "Failed")
            return [];
        var usage = ApiMap<Quantity>.Empty.With("pods", s_one);
        foreach (var (name, quantity) in PodResources.Requests(pod.Spec))
        {
            if (name is "cpu" or "memory" or "ephemeral-storage" || IsHugePages(name))
                usage = usage.With(name, quantity);
            if (name is "cpu" or "memory" or "ephemeral-storage" || IsHugePages(name) || IsExtended(name))
                usage = usage.With("requests." + name, quantity);
        }

        foreach (var (name, quantity) in PodResources.Limits(pod.Spec))
        {
            if (name is "cpu" or "memory" or "ephemeral-storage")
                usage = usage.With("limits." + name, quantity);
        }

        return usage;
    }

    private static ApiMap<Quantity> OfService(Service service)
    {
        var usage = ApiMap<Quantity>.Empty;
        if (service.Spec.Type == "LoadBalancer")
            usage = usage.With("services.loadbalancers", s_one);
        var ports = service.Spec.Type is "NodePort" || (service.Spec.Type == "LoadBalancer" && service.Spec.AllocateLoadBalancerNodePorts != false)
            ? service.Spec.Ports.Count
            : service.Spec.Type == "LoadBalancer" ? service.Spec.Ports.Count(p => p.NodePort != 0) : 0;
        return ports > 0 ? usage.With("services.nodeports", Quantity.FromUnits(ports)) : usage;
    }

    private static ApiMap<Quantity> OfClaim(PersistentVolumeClaim claim)
    {
        // A claim that grew counts for what was allocated, even when less is asked for again.
        var (asked, allocated) = (claim.Spec.Resources.Requests.GetOr("storage"), claim.Status.AllocatedResources.GetOr("storage"));
        var storage = allocated > asked ? allocated : asked;
        var usage = ApiMap<Quantity>.Empty.With("requests.storage", storage);
        if (claim.Spec.StorageClassName is { Length: > 0 } name)
        {
            usage = usage.With($"{name}.storageclass.storage.k8s.io/persistentvolumeclaims", s_one)
                .With($"{name}.storageclass.storage.k8s.io/requests.storage", storage);
        }

        return usage;
    }

    private static bool InScope(ScopedResourceSelectorRequirement scope, IApiObject value)
    {
        if (value is PersistentVolumeClaim claim && scope.ScopeName == "VolumeAttributesClass")
        {
            // A claim whose volume is being changed belongs to the classes of both ends.
            var classes = AttributesClasses.Of(claim).ToList();
            return classes.Count == 0 ? InSet(scope, "") : classes.Exists(name => InSet(scope, name));
        }

        if (value is not Pod pod)
            return false;
        return scope.ScopeName switch
        {
            "Terminating" => pod.Spec.ActiveDeadlineSeconds >= 0,
            "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null or < 0,
            "BestEffort" => Qos(pod) == "BestEffort",
            "NotBestEffort" => Qos(pod) != "BestEffort",
            "PriorityClass" => InSet(scope, pod.Spec.PriorityClassName),
            "CrossNamespacePodAffinity" => UsesOtherNamespaces(pod.Spec.Affinity),
            _ => false,
        };
    }

    private static string Qos(Pod pod) => pod.Status.QosClass.Length > 0 ? pod.Status.QosClass : PodResources.QosClass(pod.Spec);

    private static bool InSet(ScopedResourceSelectorRequirement scope, string value)
    {
        if (scope.Operator == "Exists")
            return value.Length > 0;
        ApiMap<string> labels = value.Length > 0 ? ApiMap.Of(("value", value)) : [];
        return LabelSelectors.Compile([new NodeSelectorRequirement { Key = "value", Operator = scope.Operator, Values = scope.Values }]).Matches(labels);
    }

    private static bool UsesOtherNamespaces(Affinity? affinity) =>
        Terms(affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution)
            .Concat(Terms(affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution))
            .Any(t => !t.Namespaces.IsEmpty || t.NamespaceSelector is not null);

    private static IEnumerable<PodAffinityTerm> Terms(ApiList<PodAffinityTerm>? required, ApiList<WeightedPodAffinityTerm>? preferred) =>
        (required ?? []).Concat((preferred ?? []).Select(w => w.PodAffinityTerm));
}
