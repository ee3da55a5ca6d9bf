using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>Whether a container that ended is started again: rules of the container, its own policy, then the pod's.</summary>
public static class RestartDecision
{
    public static bool ShouldRestart(Pod pod, PodContainer container, int exitCode)
    {
        if (container.Role == ContainerRole.Ephemeral) return false;
        if (container.Role == ContainerRole.Sidecar) return true;
        foreach (var rule in container.Spec.RestartPolicyRules)
        {
            if (rule.ExitCodes is not { } codes || rule.Action != "Restart") continue;
            var contains = codes.Values.Contains(exitCode);
            if (codes.Operator == "In" ? contains : !contains) return true;
        }

        return (container.Spec.RestartPolicy ?? pod.Spec.RestartPolicy) switch
        {
            "Never" => false,
            "OnFailure" => exitCode != 0,
            // An init container that did its work is not run again, whatever the pod's policy.
            _ => container.Role != ContainerRole.Init || exitCode != 0,
        };
    }
}
