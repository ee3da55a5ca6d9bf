using Berth.Api;
using Berth.Api.Apps.V1;

namespace Berth.Controllers.Deployments;

/// <summary>A Deployment's conditions and the rules of their change.</summary>
public static class DeploymentConditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string ReplicaFailure = "ReplicaFailure";

    public const string NewReplicaSetCreated = "NewReplicaSetCreated";
    public const string FoundNewReplicaSet = "FoundNewReplicaSet";
    public const string ReplicaSetUpdated = "ReplicaSetUpdated";
    public const string NewReplicaSetAvailable = "NewReplicaSetAvailable";
    public const string DeadlineExceeded = "ProgressDeadlineExceeded";
    public const string CreateError = "ReplicaSetCreateError";
    public const string Paused = "DeploymentPaused";
    public const string Resumed = "DeploymentResumed";

    public static DeploymentCondition? Find(ApiList<DeploymentCondition> conditions, string type) => conditions.FirstOrDefault(c => c.Type == type);

    public static ApiList<DeploymentCondition> Without(ApiList<DeploymentCondition> conditions, string type) =>
        Find(conditions, type) is null ? conditions : conditions.Where(c => c.Type != type).ToApiList();

    /// <summary>Sets a condition. One with this status and reason stays as it is, with its times; one with this status keeps its transition time.</summary>
    public static ApiList<DeploymentCondition> With(ApiList<DeploymentCondition> conditions, string type, string status, string reason, string message, DateTimeOffset now)
    {
        var current = Find(conditions, type);
        if (current is not null && current.Status == status && current.Reason == reason)
            return conditions;
        return [.. Without(conditions, type), Make(type, status, reason, message, now, current?.Status == status ? current.LastTransitionTime : now)];
    }

    /// <summary>Sets a condition even when it says the same, so that its update time tells of the newest progress.</summary>
    public static ApiList<DeploymentCondition> Renewed(ApiList<DeploymentCondition> conditions, string type, string status, string reason, string message, DateTimeOffset now)
    {
        var current = Find(conditions, type);
        return [.. Without(conditions, type), Make(type, status, reason, message, now, current?.Status == status ? current.LastTransitionTime : now)];
    }

    private static DeploymentCondition Make(string type, string status, string reason, string message, Time now, Time? transition) => new()
    {
        Type = type,
        Status = status,
        Reason = reason,
        Message = message,
        LastUpdateTime = now,
        LastTransitionTime = transition,
    };
}
