namespace Berth.Cel;

/// <summary>What is wrong with an expression, and where.</summary>
/// <param name="Position">Index into the text of the expression.</param>
public sealed record CelIssue(int Position, string Message)
{
    /// <summary>With the line that it is about, as users of the language know it.</summary>
    public string Render(string source)
    {
        var position = Math.Clamp(Position, 0, source.Length);
        var start = position == 0 ? 0 : source.LastIndexOf('\n', position - 1) + 1;
        var end = source.IndexOf('\n', position);
        var line = source[start..(end < 0 ? source.Length : end)];
        var number = 1 + source.AsSpan(0, start).Count('\n');
        var column = position - start;
        // Of nothing at all there is no first column.
        return $"ERROR: <input>:{number}:{(source.Length == 0 ? 0 : column + 1)}: {Message}\n | {line.Replace('\t', ' ')}\n | {new string('.', column)}^";
    }
}
