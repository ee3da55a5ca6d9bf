using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Apply;

/// <summary>A field that an applied configuration would change although another manager owns it.</summary>
/// <param name="Manager">The owner as users see it: <c>"kubectl-edit" using apps/v1</c>.</param>
/// <param name="Path">Such as <c>.spec.replicas</c>.</param>
public sealed record FieldConflict(string Manager, string Path)
{
    /// <summary>The answer to an apply with conflicts: 409 with a cause for each.</summary>
    public static Status ToStatus(IReadOnlyList<FieldConflict> conflicts) => new()
    {
        StatusValue = "Failure",
        Code = 409,
        Reason = "Conflict",
        Message = Describe(conflicts),
        Details = new StatusDetails
        {
            Causes = [.. conflicts.Select(c => new StatusCause { Reason = "FieldManagerConflict", Message = $"conflict with {c.Manager}", Field = c.Path })],
        },
    };

    private static string Describe(IReadOnlyList<FieldConflict> conflicts)
    {
        if (conflicts.Count == 1)
            return $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Path}";
        var lines = conflicts.GroupBy(c => c.Manager)
            .SelectMany(group => group.Select(c => $"- {c.Path}").Prepend($"conflicts with {group.Key}:"));
        return $"Apply failed with {conflicts.Count} conflicts: {string.Join("\n", lines)}";
    }
}
