namespace Berth.ApiServer.OpenApi;

/// <summary>A parameter in the path or the query.</summary>
/// <param name="Type">JSON type.</param>
internal sealed record ParameterSpec(string Name, string Type = "string", bool InPath = false)
{
    public static ParameterSpec ObjectName { get; } = new("name", InPath: true);

    public static ParameterSpec Namespace { get; } = new("namespace", InPath: true);

    public static ParameterSpec Path { get; } = new("path", InPath: true);

    public static ParameterSpec Pretty { get; } = new("pretty");

    public static IReadOnlyList<ParameterSpec> List { get; } =
    [
        new("allowWatchBookmarks", "boolean"), new("continue"), new("fieldSelector"), new("labelSelector"), new("limit", "integer"),
        new("resourceVersion"), new("resourceVersionMatch"), new("sendInitialEvents", "boolean"), new("timeoutSeconds", "integer"), new("watch", "boolean"),
    ];

    /// <summary>kubectl looks here whether the server knows dry runs and field validation.</summary>
    public static IReadOnlyList<ParameterSpec> Write { get; } = [new("dryRun"), new("fieldManager"), new("fieldValidation")];

    public static IReadOnlyList<ParameterSpec> Patch { get; } = [.. Write, new("force", "boolean")];

    public static IReadOnlyList<ParameterSpec> Delete { get; } =
    [
        new("dryRun"), new("gracePeriodSeconds", "integer"), new("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean"),
        new("orphanDependents", "boolean"), new("propagationPolicy"),
    ];

    public static IReadOnlyList<ParameterSpec> DeleteCollection { get; } =
        [.. Delete, .. List.Where(p => p.Name is not ("allowWatchBookmarks" or "watch"))];
}
