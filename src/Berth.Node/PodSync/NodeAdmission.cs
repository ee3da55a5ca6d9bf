using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Node.PodSync;

/// <summary>Why a node will not run a pod that was bound to it.</summary>
public sealed record AdmissionRefusal(string Reason, string Message)
{
    /// <summary>True when what is missing comes by itself: the pod waits on its node, and is asked for again each second.</summary>
    public bool Later { get; init; }

    /// <summary>True when the scheduler chose by what was true a moment ago: the pod goes back to it rather than to its end.</summary>
    public bool PlaceAgain { get; init; }
}

/// <summary>The node's own check of a new pod: what the scheduler promised must hold against what runs here. Pure.</summary>
public static class NodeAdmission
{
    /// <param name="others">Pods that run here, without those that have ended.</param>
    public static AdmissionRefusal? Check(Pod pod, ApiMap<string> nodeLabels, string nodeName, ApiMap<Quantity> allocatable, IReadOnlyCollection<Pod> others)
    {
        if (pod.Spec.Os is { Name: not ("" or "linux") })
            return new AdmissionRefusal("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        if (!MatchesNode(pod, nodeLabels, nodeName))
            return new AdmissionRefusal("NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        var mine = HostPorts(pod).ToList();
        if (mine.Count > 0 && others.SelectMany(HostPorts).Any(p => mine.Any(m => Conflict(m, p))))
            return new AdmissionRefusal("NodePorts", "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports");

        var podsMax = allocatable.GetOr("pods").Value;
        if (podsMax > 0 && others.Count + 1 > podsMax)
            return Out("pods", 1, others.Count, podsMax);
        foreach (var (name, asked) in PodResources.Requests(pod))
        {
            if (asked.IsZero || IsClusterLevel(name, allocatable)) continue;
            var used = others.Aggregate(Quantity.Zero, (sum, other) => sum + PodResources.Requests(other).GetOr(name));
            // A device plugin that has not come yet after a restart has told of nothing: who grants the devices decides.
            if (!allocatable.TryGetValue(name, out var capacity) && name.Contains('/', StringComparison.Ordinal)) continue;
            if (used + asked <= capacity) continue;
            return name == "cpu"
                ? Out(name, asked.MilliValue, used.MilliValue, capacity.MilliValue)
                : Out(name, asked.Value, used.Value, capacity.Value);
        }

        return null;
    }

    /// <summary>Null when a pod that runs here may have what it wants now.</summary>
    /// <param name="granted">The same pod with what it has.</param>
    public static ResizeRefusal? CheckResize(Pod wanted, Pod granted, ApiMap<Quantity> allocatable, IReadOnlyCollection<Pod> others)
    {
        if (wanted.Metadata.Annotations.ContainsKey(MirrorAnnotation)) return new ResizeRefusal(ResizeRefusal.Infeasible, "In-place resize of static-pods is not supported");
        var before = PodResources.Requests(granted);
        var asked = PodResources.Requests(wanted);
        foreach (var name in (string[])["cpu", "memory"])
        {
            var (want, capacity) = (asked.GetOr(name), allocatable.GetOr(name));
            if (want > capacity)
                return new ResizeRefusal(ResizeRefusal.Infeasible, $"Node didn't have enough capacity: {name}, requested: {Number(name, want)}, capacity: {Number(name, capacity)}");
        }

        foreach (var name in (string[])["cpu", "memory"])
        {
            var (want, capacity) = (asked.GetOr(name), allocatable.GetOr(name));
            var used = others.Aggregate(Quantity.Zero, (sum, other) => sum + PodResources.Requests(other).GetOr(name));
            // Less of one resource is granted even on a node that is over-full by it.
            if (want > before.GetOr(name) && used + want > capacity)
                return new ResizeRefusal(ResizeRefusal.Deferred, $"Node didn't have enough resource: {name}, requested: {Number(name, want)}, used: {Number(name, used)}, capacity: {Number(name, capacity)}");
        }

        return null;
    }

    /// <summary>An extended resource that somebody wrote into the Node and this node knows nothing of: the scheduler alone counts it.</summary>
    private static bool IsClusterLevel(string resource, ApiMap<Quantity> allocatable) =>
        resource.Contains('/') && !resource.StartsWith("kubernetes.io/", StringComparison.Ordinal) && !allocatable.ContainsKey(resource);

    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private static long Number(string resource, Quantity value) => resource == "cpu" ? value.MilliValue : value.Value;

    internal static bool MatchesNode(Pod pod, ApiMap<string> labels, string nodeName)
    {
        foreach (var (key, value) in pod.Spec.NodeSelector)
        {
            if (labels.GetOr(key) != value) return false;
        }

        return pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || required.NodeSelectorTerms.Any(term =>
                (term.MatchExpressions.Count > 0 || term.MatchFields.Count > 0)
                && LabelSelectors.Compile(term.MatchExpressions).Matches(labels)
                && LabelSelectors.Compile(term.MatchFields).Matches(ApiMap.Of(("metadata.name", nodeName))));
    }

    private static AdmissionRefusal Out(string resource, long requested, long used, long capacity) => new(
        "OutOf" + resource, $"Pod was rejected: Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}");

    private static IEnumerable<(int Port, string Protocol, string Ip)> HostPorts(Pod pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always")).SelectMany(c => c.Ports)
            .Where(p => p.HostPort > 0)
            .Select(p => (p.HostPort, p.Protocol.Length == 0 ? "TCP" : p.Protocol, p.HostIP is "" or "0.0.0.0" or "::" ? "" : p.HostIP));

    private static bool Conflict((int Port, string Protocol, string Ip) a, (int Port, string Protocol, string Ip) b) =>
        a.Port == b.Port && a.Protocol == b.Protocol && (a.Ip == b.Ip || a.Ip.Length == 0 || b.Ip.Length == 0);
}
