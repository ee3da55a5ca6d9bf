using System.Text;

namespace Berth.Api.Generators;

/// <summary>Source being written, with its indentation.</summary>
internal sealed class SourceText
{
    private readonly StringBuilder _text = new();
    private int _indent;
    private int _names;

    /// <summary>A local name that no other line has.</summary>
    public string Fresh(string stem) => $"{stem}{++_names}";

    public void Line(string line = "") => _text.Append(' ', line.Length == 0 ? 0 : _indent * 4).Append(line).Append('\n');

    public void Open(string line)
    {
        Line(line);
        Line("{");
        _indent++;
    }

    public void Close(string tail = "")
    {
        _indent--;
        Line("}" + tail);
    }

    public override string ToString() => _text.ToString();
}
