using Berth.Api.Apps.V1;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of what makes pods.</summary>
internal static class WorkloadTables
{
    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<Deployment>(
            Name<Deployment>(),
            Column<Deployment>("Ready", d => $"{d.Status.ReadyReplicas}/{d.Spec.Replicas ?? 1}"),
            Column<Deployment>("Up-to-date", d => $"{d.Status.UpdatedReplicas}"),
            Column<Deployment>("Available", d => $"{d.Status.AvailableReplicas}"),
            Age<Deployment>(),
            Wide<Deployment>("Containers", d => Containers(d.Spec.Template)),
            Wide<Deployment>("Images", d => Images(d.Spec.Template)),
            Wide<Deployment>("Selector", d => SelectorText(d.Spec.Selector))),
        Table<ReplicaSet>(
            Name<ReplicaSet>(),
            Count<ReplicaSet>("Desired", r => r.Spec.Replicas ?? 1),
            Count<ReplicaSet>("Current", r => r.Status.Replicas),
            Count<ReplicaSet>("Ready", r => r.Status.ReadyReplicas),
            Age<ReplicaSet>(),
            Wide<ReplicaSet>("Containers", r => Containers(r.Spec.Template)),
            Wide<ReplicaSet>("Images", r => Images(r.Spec.Template)),
            Wide<ReplicaSet>("Selector", r => SelectorText(r.Spec.Selector))),
        Table<ReplicationController>(
            Name<ReplicationController>(),
            Count<ReplicationController>("Desired", r => r.Spec.Replicas ?? 1),
            Count<ReplicationController>("Current", r => r.Status.Replicas),
            Count<ReplicationController>("Ready", r => r.Status.ReadyReplicas),
            Age<ReplicationController>(),
            Wide<ReplicationController>("Containers", r => Containers(r.Spec.Template)),
            Wide<ReplicationController>("Images", r => Images(r.Spec.Template)),
            Wide<ReplicationController>("Selector", r => TableCell.Labels(r.Spec.Selector))),
        Table<StatefulSet>(
            Name<StatefulSet>(),
            Column<StatefulSet>("Ready", s => $"{s.Status.ReadyReplicas}/{s.Spec.Replicas ?? 1}"),
            Age<StatefulSet>(),
            Wide<StatefulSet>("Containers", s => Containers(s.Spec.Template)),
            Wide<StatefulSet>("Images", s => Images(s.Spec.Template))),
        Table<DaemonSet>(
            Name<DaemonSet>(),
            Count<DaemonSet>("Desired", d => d.Status.DesiredNumberScheduled),
            Count<DaemonSet>("Current", d => d.Status.CurrentNumberScheduled),
            Count<DaemonSet>("Ready", d => d.Status.NumberReady),
            Count<DaemonSet>("Up-to-date", d => d.Status.UpdatedNumberScheduled),
            Count<DaemonSet>("Available", d => d.Status.NumberAvailable),
            Column<DaemonSet>("Node Selector", d => TableCell.Labels(d.Spec.Template.Spec.NodeSelector)),
            Age<DaemonSet>(),
            Wide<DaemonSet>("Containers", d => Containers(d.Spec.Template)),
            Wide<DaemonSet>("Images", d => Images(d.Spec.Template)),
            Wide<DaemonSet>("Selector", d => SelectorText(d.Spec.Selector))),
        Table<ControllerRevision>(
            Name<ControllerRevision>(),
            Column<ControllerRevision>("Controller", r => r.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true) is { } owner
                ? $"{Qualified(owner)}/{owner.Name}" : TableCell.None),
            Column<ControllerRevision>("Revision", r => $"{r.Revision}"),
            Age<ControllerRevision>()),
        Table<Job>(
            Name<Job>(),
            Column<Job>("Status", JobStatusText),
            Column<Job>("Completions", Completions),
            Column<Job>("Duration", (j, now) => j.Status.StartTime is { } start ? TableCell.Duration((j.Status.CompletionTime?.Value ?? now) - start.Value) : ""),
            Age<Job>(),
            Wide<Job>("Containers", j => Containers(j.Spec.Template)),
            Wide<Job>("Images", j => Images(j.Spec.Template)),
            Wide<Job>("Selector", j => SelectorText(j.Spec.Selector))),
        Table<CronJob>(
            Name<CronJob>(),
            Column<CronJob>("Schedule", c => c.Spec.Schedule),
            Column<CronJob>("Timezone", c => c.Spec.TimeZone ?? TableCell.None),
            Flag<CronJob>("Suspend", c => c.Spec.Suspend ?? false),
            Count<CronJob>("Active", c => c.Status.Active.Count),
            Column<CronJob>("Last Schedule", (c, now) => c.Status.LastScheduleTime is { } last ? TableCell.Age(last, now) : TableCell.None),
            Age<CronJob>(),
            Wide<CronJob>("Containers", c => Containers(c.Spec.JobTemplate.Spec.Template)),
            Wide<CronJob>("Images", c => Images(c.Spec.JobTemplate.Spec.Template)),
            Wide<CronJob>("Selector", c => SelectorText(c.Spec.JobTemplate.Spec.Selector))),
        Table<HorizontalPodAutoscaler>(
            Name<HorizontalPodAutoscaler>(),
            Column<HorizontalPodAutoscaler>("Reference", h => $"{h.Spec.ScaleTargetRef.Kind}/{h.Spec.ScaleTargetRef.Name}"),
            Column<HorizontalPodAutoscaler>("Targets", AutoscalerTargets.Text),
            Column<HorizontalPodAutoscaler>("MinPods", h => h.Spec.MinReplicas is { } min ? $"{min}" : TableCell.Unset),
            Column<HorizontalPodAutoscaler>("MaxPods", h => $"{h.Spec.MaxReplicas}"),
            Column<HorizontalPodAutoscaler>("Replicas", h => $"{h.Status.CurrentReplicas}"),
            Age<HorizontalPodAutoscaler>()),
        Table<PodDisruptionBudget>(
            Name<PodDisruptionBudget>(),
            Column<PodDisruptionBudget>("Min Available", b => b.Spec.MinAvailable?.ToString() ?? "N/A"),
            Column<PodDisruptionBudget>("Max Unavailable", b => b.Spec.MaxUnavailable?.ToString() ?? "N/A"),
            Count<PodDisruptionBudget>("Allowed Disruptions", b => b.Status.DisruptionsAllowed),
            Age<PodDisruptionBudget>()),
    ];

    public static string Containers(PodTemplateSpec? template) => string.Join(",", (template ?? PodTemplateSpec.Empty).Spec.Containers.Select(c => c.Name));

    public static string Images(PodTemplateSpec? template) => string.Join(",", (template ?? PodTemplateSpec.Empty).Spec.Containers.Select(c => c.Image));

    private static string SelectorText(LabelSelector? selector) =>
        selector is null ? TableCell.None : TableCell.Or(LabelSelectors.Compile(selector).ToString());

    private static string Qualified(OwnerReference owner)
    {
        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        return owner.Kind.ToLowerInvariant() + (slash < 0 ? "" : "." + owner.ApiVersion[..slash]);
    }

    private static string JobStatusText(Job job)
    {
        bool Has(string condition) => job.Status.Conditions.Any(c => c.Type == condition && c.Status == "True");
        if (Has("Complete"))
            return "Complete";
        if (Has("Failed"))
            return "Failed";
        if (job.Metadata.DeletionTimestamp is not null)
            return "Terminating";
        return Has("Suspended") ? "Suspended" : Has("FailureTarget") ? "FailureTarget" : Has("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static string Completions(Job job) =>
        job.Spec.Completions is { } wanted ? $"{job.Status.Succeeded}/{wanted}"
        : job.Spec.Parallelism is > 1 and var parallelism ? $"{job.Status.Succeeded}/1 of {parallelism}" : $"{job.Status.Succeeded}/1";
}
