namespace Berth.Node.Resources;

/// <summary>A node's configuration cannot be used. The message names the field, what is wrong with it and what would be right.</summary>
public sealed class NodeConfigurationException(string field, string problem) : Exception($"{field}: {problem}")
{
    public string Field { get; } = field;
}
