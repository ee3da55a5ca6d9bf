using Berth.Api;
using Berth.Api.Batch.V1;

namespace Berth.Controllers.Jobs;

/// <summary>A Job's conditions. A Job ends in two steps: SuccessCriteriaMet or FailureTarget first, Complete or Failed when its last pod has ended.</summary>
public static class JobConditions
{
    public const string Complete = "Complete";
    public const string Failed = "Failed";
    public const string Suspended = "Suspended";
    public const string FailureTarget = "FailureTarget";
    public const string SuccessCriteriaMet = "SuccessCriteriaMet";

    public static JobCondition? True(ApiList<JobCondition> conditions, string type) => conditions.FirstOrDefault(c => c.Type == type && c.Status == "True");

    /// <summary>The Job is done, one way or the other.</summary>
    public static JobCondition? End(Job job) => True(job.Status.Conditions, Complete) ?? True(job.Status.Conditions, Failed);

    public static JobCondition Make(string type, string reason, string message, Time now) => new()
    {
        Type = type,
        Status = "True",
        Reason = reason,
        Message = message,
        LastProbeTime = now,
        LastTransitionTime = now,
    };

    /// <summary>Sets a condition's status; the same list when it has it, or when a condition that was never there is to be false.</summary>
    public static ApiList<JobCondition> With(ApiList<JobCondition> conditions, JobCondition condition)
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type == condition.Type)
                return conditions[i].Status == condition.Status ? conditions : conditions.SetItem(i, condition);
        }

        return condition.Status == "False" ? conditions : conditions.Add(condition);
    }
}
