using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.Jobs;

/// <summary>What a Job's podFailurePolicy says about a failed pod: the first rule that matches decides.</summary>
public static class PodFailureRules
{
    private static readonly PodFailureVerdict s_counted = new("", true, "");

    public static PodFailureVerdict Match(PodFailurePolicy? policy, Pod pod)
    {
        if (policy is null)
            return s_counted;
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            var rule = policy.Rules[i];
            var at = i.ToString(CultureInfo.InvariantCulture);
            if (rule.OnExitCodes is { } codes)
            {
                var ended = Ended(pod.Status.ContainerStatuses, codes) ?? Ended(pod.Status.InitContainerStatuses, codes);
                if (ended is not null)
                    return Verdict(rule.Action, string.Create(CultureInfo.InvariantCulture, $"Container {ended.Name} for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} failed with exit code {ended.State.Terminated!.ExitCode} matching {rule.Action} rule at index {at}"));
            }
            else if (pod.Status.Conditions.FirstOrDefault(c => rule.OnPodConditions.Any(p => p.Type == c.Type && p.Status == c.Status)) is { } condition)
            {
                return Verdict(rule.Action, $"Pod {pod.Metadata.Namespace}/{pod.Metadata.Name} has condition {condition.Type} matching {rule.Action} rule at index {at}");
            }
        }

        return s_counted;
    }

    private static PodFailureVerdict Verdict(string action, string message) => new(action, action != "Ignore", action == "FailJob" ? message : "");

    private static ContainerStatus? Ended(ApiList<ContainerStatus> statuses, PodFailurePolicyOnExitCodesRequirement codes) =>
        statuses.FirstOrDefault(s =>
            (codes.ContainerName is null || codes.ContainerName == s.Name)
            && s.State.Terminated is { ExitCode: not 0 } ended
            && codes.Values.Contains(ended.ExitCode) == (codes.Operator == "In"));
}

/// <param name="Action">Of the rule that matched; empty when none did.</param>
/// <param name="Counts">The failure counts towards the limits.</param>
/// <param name="JobFailure">Why the whole Job fails; empty when it does not.</param>
public sealed record PodFailureVerdict(string Action, bool Counts, string JobFailure);
