namespace Berth.ApiServer.Yaml;

/// <summary>Text that is not YAML, or YAML that JSON cannot hold.</summary>
/// <param name="line">Counted from 1.</param>
/// <param name="column">Counted from 1.</param>
public sealed class YamlFormatException(long line, long column, string problem)
    : Exception($"error converting YAML to JSON: yaml: line {line}, column {column}: {problem}")
{
    public long Line { get; } = line;

    public long Column { get; } = column;
}
