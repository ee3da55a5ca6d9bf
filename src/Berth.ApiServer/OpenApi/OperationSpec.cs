namespace Berth.ApiServer.OpenApi;

/// <summary>One method of one path, in either dialect.</summary>
/// <param name="Method">HTTP method in lower case.</param>
/// <param name="Action"><c>x-kubernetes-action</c>: get, list, post, put, patch, delete, deletecollection, connect; null for paths that are no resource.</param>
/// <param name="Kind">Null for paths that are no resource.</param>
/// <param name="Body">Definition of the request's body; null without one.</param>
/// <param name="Answer">Definition of the answer; null for text.</param>
internal sealed record OperationSpec(
    string Method, string Id, string Tag, string? Action, GroupVersionKind? Kind, IReadOnlyList<ParameterSpec> Parameters, string? Body, string? Answer)
{
    public bool Creates => Method is "post" or "put" or "patch" && Action != "connect";
}

/// <param name="Parameters">Those of all methods.</param>
internal sealed record PathSpec(string Path, IReadOnlyList<ParameterSpec> Parameters, IReadOnlyList<OperationSpec> Operations);
