using Berth.Api.Core.V1;
using Berth.Api.Schema;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of the core group's kinds.</summary>
internal static class CoreTables
{
    private const string RoleLabelPrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<Pod>(
            Name<Pod>(),
            Column<Pod>("Ready", p => PodSummary.Of(p) is var s ? $"{s.Ready}/{s.Total}" : ""),
            Column<Pod>("Status", p => PodSummary.Of(p).Status),
            Column<Pod>("Restarts", (p, now) => PodSummary.Of(p).RestartsText(now)),
            Age<Pod>(),
            Wide<Pod>("IP", p => TableCell.Or(p.Status.PodIPs.IsEmpty ? "" : p.Status.PodIPs[0].Ip)),
            Wide<Pod>("Node", p => TableCell.Or(p.Spec.NodeName)),
            Wide<Pod>("Nominated Node", p => TableCell.Or(p.Status.NominatedNodeName)),
            Wide<Pod>("Readiness Gates", ReadinessGates)),
        Table<Namespace>(Name<Namespace>(), Column<Namespace>("Status", n => n.Status.Phase), Age<Namespace>()),
        Table<Node>(
            Name<Node>(),
            Column<Node>("Status", NodeStatus),
            Column<Node>("Roles", n => TableCell.Join(NodeRoles(n))),
            Age<Node>(),
            Column<Node>("Version", n => n.Status.NodeInfo.KubeletVersion),
            Wide<Node>("Internal-IP", n => Address(n, "InternalIP")),
            Wide<Node>("External-IP", n => Address(n, "ExternalIP")),
            Wide<Node>("OS-Image", n => TableCell.Or(n.Status.NodeInfo.OsImage, TableCell.Unknown)),
            Wide<Node>("Kernel-Version", n => TableCell.Or(n.Status.NodeInfo.KernelVersion, TableCell.Unknown)
                + (n.Status.NodeInfo.Architecture.Length > 0 ? $" ({n.Status.NodeInfo.Architecture})" : "")),
            Wide<Node>("Container-Runtime", n => TableCell.Or(n.Status.NodeInfo.ContainerRuntimeVersion, TableCell.Unknown))),
        Table<ConfigMap>(Name<ConfigMap>(), Column<ConfigMap>("Data", c => $"{c.Data.Count + c.BinaryData.Count}"), Age<ConfigMap>()),
        Table<Secret>(Name<Secret>(), Column<Secret>("Type", s => s.Type), Column<Secret>("Data", s => $"{s.Data.Count}"), Age<Secret>()),
        Table<ServiceAccount>(Name<ServiceAccount>(), Age<ServiceAccount>()),
        Table<Event>(
            Column<Event>("Last Seen", LastSeen),
            Column<Event>("Type", e => e.Type),
            Column<Event>("Reason", e => e.Reason),
            Column<Event>("Object", e => e.InvolvedObject.Kind.ToLowerInvariant() + (e.InvolvedObject.Name.Length > 0 ? "/" + e.InvolvedObject.Name : "")),
            Wide<Event>("Subobject", e => e.InvolvedObject.FieldPath),
            Wide<Event>("Source", Source),
            Column<Event>("Message", e => e.Message.Trim()),
            new(Text("First Seen") with { Priority = 1 }, FirstSeen),
            Wide<Event>("Count", e => $"{e.Series?.Count ?? (e.Count == 0 ? 1 : e.Count)}"),
            new(Text("Name") with { Priority = 1, Format = "name" }, (e, _) => e.Metadata.Name)),
        Table<Berth.Api.Events.V1.Event>(
            Column<Berth.Api.Events.V1.Event>("Last Seen", (e, now) => LastSeen(Registry.EventConversion.ToCore(e), now)),
            Column<Berth.Api.Events.V1.Event>("Type", e => e.Type),
            Column<Berth.Api.Events.V1.Event>("Reason", e => e.Reason),
            Column<Berth.Api.Events.V1.Event>("Object", e => e.Regarding.Kind.ToLowerInvariant() + (e.Regarding.Name.Length > 0 ? "/" + e.Regarding.Name : "")),
            Column<Berth.Api.Events.V1.Event>("Message", e => e.Note.Trim()),
            new(Text("Name") with { Priority = 1, Format = "name" }, (e, _) => e.Metadata.Name)),
        Table<PodTemplate>(
            Name<PodTemplate>(),
            Column<PodTemplate>("Containers", t => WorkloadTables.Containers(t.Template)),
            Column<PodTemplate>("Images", t => WorkloadTables.Images(t.Template)),
            Column<PodTemplate>("Pod Labels", t => TableCell.Labels(t.Template.Metadata.Labels))),
        Table<ResourceQuota>(
            Name<ResourceQuota>(),
            Column<ResourceQuota>("Request", q => Quota(q, limits: false)),
            Column<ResourceQuota>("Limit", q => Quota(q, limits: true)),
            Age<ResourceQuota>()),
    ];

    private static string ReadinessGates(Pod pod)
    {
        if (pod.Spec.ReadinessGates.IsEmpty)
            return TableCell.None;
        var met = pod.Spec.ReadinessGates.Count(g => pod.Status.Conditions.Any(c => c.Type == g.ConditionType && c.Status == "True"));
        return $"{met}/{pod.Spec.ReadinessGates.Count}";
    }

    private static string NodeStatus(Node node)
    {
        var ready = node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
        var status = ready is null ? "Unknown" : ready.Status == "True" ? "Ready" : "NotReady";
        return node.Spec.Unschedulable ? status + ",SchedulingDisabled" : status;
    }

    private static IEnumerable<string> NodeRoles(Node node) => node.Metadata.Labels
        .Select(l => l.Key.StartsWith(RoleLabelPrefix, StringComparison.Ordinal) ? l.Key[RoleLabelPrefix.Length..]
            : l.Key == "kubernetes.io/role" ? l.Value : "")
        .Where(r => r.Length > 0).Order(StringComparer.Ordinal).Distinct();

    private static string Address(Node node, string type) => node.Status.Addresses.FirstOrDefault(a => a.Type == type)?.Address ?? TableCell.None;

    private static string FirstSeen(Event e, DateTimeOffset now) =>
        e.FirstTimestamp is not null ? TableCell.Age(e.FirstTimestamp, now) : e.EventTime is { } time ? TableCell.Duration(now - time.Value) : TableCell.Unknown;

    private static string LastSeen(Event e, DateTimeOffset now) =>
        e.Series?.LastObservedTime is { } last ? TableCell.Duration(now - last.Value)
        : e.LastTimestamp is not null ? TableCell.Age(e.LastTimestamp, now) : FirstSeen(e, now);

    private static string Source(Event e)
    {
        var component = e.Source.Component.Length > 0 ? e.Source.Component : e.ReportingComponent;
        var host = e.Source.Host.Length > 0 ? e.Source.Host : e.ReportingInstance;
        return host.Length > 0 ? $"{component}, {host}" : component;
    }

    private static string Quota(ResourceQuota quota, bool limits) => string.Join(", ", quota.Status.Hard
        .Where(h => h.Key.StartsWith("limits", StringComparison.Ordinal) == limits)
        .Select(h => $"{h.Key}: {(quota.Status.Used.TryGetValue(h.Key, out var used) ? used.ToString() : "0")}/{h.Value}"));
}
