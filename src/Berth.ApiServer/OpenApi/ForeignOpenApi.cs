namespace Berth.ApiServer.OpenApi;

/// <summary>What another server says of one version of an API that it answers for.</summary>
/// <param name="V3">Its document; null where the server has none.</param>
/// <param name="V2">The paths of that version and the definitions that they need, as JSON; null where the server has none.</param>
public sealed record ForeignOpenApi(string Group, string Version, OpenApiDocument? V3, byte[]? V2)
{
    /// <summary>As the index of version 3 has it.</summary>
    public string Name => $"apis/{Group}/{Version}";
}
