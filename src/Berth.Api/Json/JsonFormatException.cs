namespace Berth.Api.Json;

/// <summary>JSON that is not what the type asks for. The message names the field by its path and says what was expected.</summary>
public sealed class JsonFormatException(string path, string problem)
    : FormatException(path.Length == 0 ? problem : $"{path}: {problem}")
{
    /// <summary>Path such as <c>spec.containers[0].name</c>; empty at the root.</summary>
    public string Path { get; } = path;
}
