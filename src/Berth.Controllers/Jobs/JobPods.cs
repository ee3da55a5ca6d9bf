using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Jobs;

/// <summary>A Job's pods: how they are made and what their end means.</summary>
public static class JobPods
{
    /// <summary>Keeps a pod that has ended until the Job's status has counted it.</summary>
    public const string Finalizer = "batch.kubernetes.io/job-tracking";

    private const string IndexKey = "batch.kubernetes.io/job-completion-index";
    private const string FailuresAnnotation = "batch.kubernetes.io/job-index-failure-count";
    private const string IgnoredAnnotation = "batch.kubernetes.io/job-index-ignored-failure-count";

    // The server adds five characters to a generateName; names of pods that are host names end at 63.
    private const int PrefixMax = 58;

    public static bool IsIndexed(Job job) => job.Spec.CompletionMode == "Indexed";

    public static bool IsSuspended(Job job) => job.Spec.Suspend == true;

    /// <summary>Replacements wait until a pod has failed; otherwise one that is being deleted is replaced at once.</summary>
    public static bool ReplacesOnlyFailed(Job job) => job.Spec.PodReplacementPolicy == "Failed" || job.Spec.PodFailurePolicy is not null;

    public static bool HasFinalizer(Pod pod) => pod.Metadata.Finalizers.Contains(Finalizer);

    /// <summary>Null when the pod has none, or one that is no number.</summary>
    public static int? Index(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(IndexKey, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>The pod's index when it is one of the Job's; -1 otherwise.</summary>
    public static int ValidIndex(Job job, Pod pod) => Index(pod) is { } index && index < (job.Spec.Completions ?? 0) ? index : -1;

    /// <summary>Also true for pods that are being deleted: one whose node is gone never gets as far as failing.</summary>
    public static bool IsFailed(Job job, Pod pod) =>
        pod.Status.Phase == "Failed" || (!ReplacesOnlyFailed(job) && pod.Metadata.DeletionTimestamp is not null && pod.Status.Phase != "Succeeded");

    /// <summary>Failures of the pod's index before it.</summary>
    public static int Failures(Pod pod) => Number(pod, FailuresAnnotation);

    public static int IgnoredFailures(Pod pod) => Number(pod, IgnoredAnnotation);

    /// <param name="index">Null when the Job is not indexed.</param>
    /// <param name="replaced">The failed pod of this index that the new one follows, when failures are counted by index.</param>
    public static Pod Make(Job job, int? index, Pod? replaced)
    {
        var pod = PodTemplates.Pod(job.Spec.Template, job);
        var meta = pod.Metadata;
        if (!meta.Finalizers.Contains(Finalizer))
            meta = meta with { Finalizers = meta.Finalizers.Add(Finalizer) };
        if (index is not { } number)
            return pod with { Metadata = meta };

        var text = number.ToString(CultureInfo.InvariantCulture);
        var prefix = job.Metadata.Name;
        if (prefix.Length + text.Length + 2 > PrefixMax)
            prefix = prefix[..(PrefixMax - text.Length - 2)];
        meta = meta with
        {
            GenerateName = $"{prefix}-{text}-",
            Labels = meta.Labels.With(IndexKey, text),
            Annotations = meta.Annotations.With(IndexKey, text),
        };
        if (job.Spec.BackoffLimitPerIndex is not null)
            meta = meta with { Annotations = WithFailures(job, meta.Annotations, replaced) };
        return pod with
        {
            Metadata = meta,
            Spec = pod.Spec with
            {
                Hostname = $"{job.Metadata.Name}-{text}",
                Containers = pod.Spec.Containers.Map(WithIndex),
                InitContainers = pod.Spec.InitContainers.Map(WithIndex),
            },
        };
    }

    /// <summary>When the pod's last container ended, as far as anyone wrote it down.</summary>
    public static DateTimeOffset FinishedAt(Pod pod)
    {
        DateTimeOffset? last = null;
        var sidecars = pod.Spec.InitContainers.Where(static c => c.RestartPolicy == "Always").Select(static c => c.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var status in pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses.Where(s => sidecars.Contains(s.Name))))
        {
            if (status.State.Terminated?.FinishedAt is not { } at)
            {
                last = null;
                break;
            }

            last = last is null || at.Value > last ? at.Value : last;
        }

        if (last is { } ended)
            return ended;
        if (PodFacts.Condition(pod, "Ready") is { Status: "False", LastTransitionTime: { } since })
            return since.Value;
        if (pod.Metadata.DeletionTimestamp is { } deleted)
            return deleted.Value.AddSeconds(-(pod.Metadata.DeletionGracePeriodSeconds ?? 0));
        return pod.Metadata.CreationTimestamp?.Value ?? default;
    }

    private static ApiMap<string> WithFailures(Job job, ApiMap<string> annotations, Pod? replaced)
    {
        var failures = replaced is null ? 0 : Failures(replaced);
        var ignored = replaced is null ? 0 : IgnoredFailures(replaced);
        if (replaced is not null && PodFailureRules.Match(job.Spec.PodFailurePolicy, replaced).Counts)
            failures++;
        else if (replaced is not null)
            ignored++;
        annotations = annotations.With(FailuresAnnotation, failures.ToString(CultureInfo.InvariantCulture));
        return ignored == 0 ? annotations : annotations.With(IgnoredAnnotation, ignored.ToString(CultureInfo.InvariantCulture));
    }

    private static Container WithIndex(Container container) =>
        container.Env.Any(static e => e.Name == "JOB_COMPLETION_INDEX")
            ? container
            : container with
            {
                Env = container.Env.Add(new EnvVar
                {
                    Name = "JOB_COMPLETION_INDEX",
                    ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { ApiVersion = "v1", FieldPath = $"metadata.labels['{IndexKey}']" } },
                }),
            };

    private static int Number(Pod pod, string annotation) =>
        pod.Metadata.Annotations.TryGetValue(annotation, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
