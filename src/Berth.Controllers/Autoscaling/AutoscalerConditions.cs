using Berth.Api;
using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>An autoscaler's conditions.</summary>
public static class AutoscalerConditions
{
    /// <summary>The target's scale can be read and written.</summary>
    public const string AbleToScale = "AbleToScale";

    /// <summary>Metrics say how many replicas there should be.</summary>
    public const string ScalingActive = "ScalingActive";

    /// <summary>Bounds or rates keep the target from what the metrics ask for.</summary>
    public const string ScalingLimited = "ScalingLimited";

    public static ApiList<HorizontalPodAutoscalerCondition> With(
        ApiList<HorizontalPodAutoscalerCondition> conditions, string type, bool status, string reason, string message, Time now)
    {
        var wanted = new HorizontalPodAutoscalerCondition { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message, LastTransitionTime = now };
        for (var i = 0; i < conditions.Count; i++)
        {
            var known = conditions[i];
            if (known.Type != type)
                continue;
            if (known.Status == wanted.Status)
                wanted = wanted with { LastTransitionTime = known.LastTransitionTime };
            return known.Equals(wanted) ? conditions : conditions.SetItem(i, wanted);
        }

        return conditions.Add(wanted);
    }
}
