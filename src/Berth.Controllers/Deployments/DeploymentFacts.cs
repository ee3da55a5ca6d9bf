using System.Globalization;
using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.Deployments;

/// <summary>Names and numbers that follow from one Deployment or ReplicaSet alone.</summary>
public static class DeploymentFacts
{
    /// <summary>On Deployment and ReplicaSets: which rollout this is, counted from 1.</summary>
    public const string Revision = "deployment.kubernetes.io/revision";

    /// <summary>On ReplicaSets that were rolled back to: the revisions they were before, separated by commas.</summary>
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";

    /// <summary>On ReplicaSets: the Deployment's replicas when the set was last scaled. Another number there now means that the Deployment was scaled.</summary>
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";

    /// <summary>On ReplicaSets: replicas and surge of the Deployment when the set was last scaled.</summary>
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    public const string TemplateHashLabel = "pod-template-hash";

    /// <summary>Keeps annotations within what an object may carry.</summary>
    private const int RevisionHistoryLengthMax = 2000;

    public static int Replicas(Deployment deployment) => deployment.Spec.Replicas ?? 1;

    public static int Replicas(ReplicaSet set) => set.Spec.Replicas ?? 1;

    public static bool IsRolling(Deployment deployment) => deployment.Spec.Strategy.Type != "Recreate";

    /// <summary>Pods that may exist beyond the wanted ones; 0 when the strategy is Recreate.</summary>
    public static int MaxSurge(Deployment deployment) => IsRolling(deployment) ? Bounds(deployment).Surge : 0;

    /// <summary>Wanted pods that may be unavailable while rolling; 0 when the strategy is Recreate.</summary>
    public static int MaxUnavailable(Deployment deployment) =>
        !IsRolling(deployment) || Replicas(deployment) == 0 ? 0 : Math.Min(Bounds(deployment).Unavailable, Replicas(deployment));

    public static bool HasProgressDeadline(Deployment deployment) => deployment.Spec.ProgressDeadlineSeconds is { } seconds and not int.MaxValue;

    /// <summary>0 when it has none. People and other tools write numbers here that 32 bits do not hold.</summary>
    public static long RevisionOf(IApiObject value) =>
        long.TryParse(value.Metadata.Annotations.GetOr(Revision), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Null when the annotation is absent or no number.</summary>
    public static int? Number(IApiObject value, string annotation) =>
        value.Metadata.Annotations.TryGetValue(annotation, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Equal but for the hash label, which only ReplicaSets' templates carry.</summary>
    public static bool SameTemplate(PodTemplateSpec left, PodTemplateSpec right) => WithoutHash(left).Equals(WithoutHash(right));

    /// <summary>The set with the annotations that the Deployment's newest set has.</summary>
    /// <param name="exists">False for a set that is to be created, which also gets the replica annotations.</param>
    public static ReplicaSet Annotate(Deployment deployment, ReplicaSet set, long revision, bool exists)
    {
        var annotations = set.Metadata.Annotations;
        foreach (var (key, value) in deployment.Metadata.Annotations)
        {
            if (!IsOwnAnnotation(key) && (!annotations.TryGetValue(key, out var current) || current != value))
                annotations = annotations.With(key, value);
        }

        var before = annotations.GetOr(Revision);
        if (RevisionOf(set) < revision)
        {
            annotations = annotations.With(Revision, revision.ToString(CultureInfo.InvariantCulture));
            if (before is not null)
                annotations = annotations.With(RevisionHistory, Append(annotations.GetOr(RevisionHistory), before));
        }

        var annotated = annotations.Equals(set.Metadata.Annotations) ? set : set with { Metadata = set.Metadata with { Annotations = annotations } };
        return exists ? annotated : WithReplicaAnnotations(deployment, annotated);
    }

    public static ReplicaSet WithReplicaAnnotations(Deployment deployment, ReplicaSet set)
    {
        var desired = Replicas(deployment);
        var max = desired + MaxSurge(deployment);
        if (Number(set, DesiredReplicas) == desired && Number(set, MaxReplicas) == max)
            return set;
        var annotations = set.Metadata.Annotations
            .With(DesiredReplicas, desired.ToString(CultureInfo.InvariantCulture))
            .With(MaxReplicas, max.ToString(CultureInfo.InvariantCulture));
        return set with { Metadata = set.Metadata with { Annotations = annotations } };
    }

    private static (int Surge, int Unavailable) Bounds(Deployment deployment)
    {
        var rolling = deployment.Spec.Strategy.RollingUpdate;
        var replicas = Replicas(deployment);
        var surge = (rolling?.MaxSurge ?? "25%").Scaled(replicas, roundUp: true);
        var unavailable = (rolling?.MaxUnavailable ?? "25%").Scaled(replicas, roundUp: false);
        // Percentages of few replicas may both round to 0, and then nothing could ever move.
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    private static bool IsOwnAnnotation(string key) =>
        key is "kubectl.kubernetes.io/last-applied-configuration" or Revision or RevisionHistory or DesiredReplicas or MaxReplicas or "deprecated.deployment.rollback.to";

    private static string Append(string? history, string revision)
    {
        if (string.IsNullOrEmpty(history))
            return revision;
        var joined = $"{history},{revision}";
        while (joined.Length > RevisionHistoryLengthMax)
            joined = joined[(joined.IndexOf(',', StringComparison.Ordinal) + 1)..];
        return joined;
    }

    private static PodTemplateSpec WithoutHash(PodTemplateSpec template) =>
        template.Metadata.Labels.ContainsKey(TemplateHashLabel)
            ? template with { Metadata = template.Metadata with { Labels = template.Metadata.Labels.Without(TemplateHashLabel) } }
            : template;
}
