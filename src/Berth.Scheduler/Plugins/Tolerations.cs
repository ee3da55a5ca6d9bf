using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Scheduler.Plugins;

/// <summary>Whether tolerations cover taints, by the rules of Kubernetes.</summary>
public static class Tolerations
{
    public static bool Tolerate(ApiList<Toleration> tolerations, Taint taint)
    {
        foreach (var toleration in tolerations)
        {
            if (Tolerates(toleration, taint))
                return true;
        }

        return false;
    }

    /// <summary>Whether the pod tolerates all taints that would keep it off the node.</summary>
    public static bool TolerateHard(Pod pod, Node node)
    {
        foreach (var taint in node.Spec.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerate(pod.Spec.Tolerations, taint))
                return false;
        }

        return true;
    }

    private static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (toleration.Effect.Length > 0 && toleration.Effect != taint.Effect)
            return false;
        if (toleration.Key.Length > 0 && toleration.Key != taint.Key)
            return false;
        return toleration.Operator switch
        {
            "" or "Equal" => toleration.Value == taint.Value && toleration.Key.Length > 0,
            "Exists" => true,
            "Gt" => Numbers(toleration, taint, out var asked, out var found) && found > asked,
            "Lt" => Numbers(toleration, taint, out var asked, out var found) && found < asked,
            _ => false,
        };
    }

    private static bool Numbers(Toleration toleration, Taint taint, out long asked, out long found)
    {
        found = 0;
        return long.TryParse(toleration.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out asked)
            && long.TryParse(taint.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out found);
    }
}
