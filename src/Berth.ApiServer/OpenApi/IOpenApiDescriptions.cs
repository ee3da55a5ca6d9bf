namespace Berth.ApiServer.OpenApi;

/// <summary>Words for the documents. All of them are optional.</summary>
public interface IOpenApiDescriptions
{
    /// <param name="type">Definition name, such as <c>io.k8s.api.core.v1.Pod</c>.</param>
    /// <param name="field">JSON name, or null for the type itself.</param>
    /// <returns>Null when there is nothing to say.</returns>
    string? Find(string type, string? field);
}
