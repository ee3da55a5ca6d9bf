using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Apps;

/// <summary>Rules of the counts in the status of what has replicas.</summary>
internal static class ReplicaCounts
{
    public static void Collisions(FieldErrors errors, int? count, int? old)
    {
        if (old is not null && (count is null || count < old))
            errors.Invalid("status.collisionCount", count ?? 0, "cannot be decremented");
    }

    public static void Validate(FieldErrors errors, FieldPath path, int replicas, params ReadOnlySpan<(string Name, int Count)> parts)
    {
        BasicRules.NonNegative(errors, path["replicas"], replicas);
        int? ready = null;
        foreach (var (name, count) in parts)
        {
            BasicRules.NonNegative(errors, path[name], count);
            if (count > replicas)
                errors.Invalid(path[name], count, "cannot be greater than status.replicas");
            if (name == "readyReplicas")
                ready = count;
            else if (name == "availableReplicas" && count > ready)
                errors.Invalid(path[name], count, "cannot be greater than readyReplicas");
        }
    }
}
