namespace Berth.Api.Json;

/// <summary>
/// Collects what a lenient decode passes over: fields that the type does not have, and fields given twice. Field
/// validation (<c>strict</c>, <c>warn</c>) turns them into errors or warnings.
/// </summary>
public sealed class DecodeReport
{
    // As many as kube-apiserver reports; a body can hold a million unknown fields.
    private const int ProblemsMax = 100;

    private readonly List<string> _problems = [];

    /// <summary>Sentences such as <c>unknown field "spec.foo"</c>, in the order of the body.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public void UnknownField(string path) => Add($"unknown field \"{path}\"");

    public void DuplicateField(string path) => Add($"duplicate field \"{path}\"");

    /// <summary>A sentence of another reader's, for what was lost on the way to JSON.</summary>
    public void Problem(string sentence) => Add(sentence);

    private void Add(string problem)
    {
        if (_problems.Count < ProblemsMax && !_problems.Contains(problem))
            _problems.Add(problem);
    }
}
