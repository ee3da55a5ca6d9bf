namespace Berth.Cel;

/// <summary>What became of an expression: either a program or what is wrong with it.</summary>
public sealed class CelCompilation
{
    internal CelCompilation(string source, CelProgram? program, IReadOnlyList<CelIssue> issues) => (Source, Program, Issues) = (source, program, issues);

    public string Source { get; }

    public CelProgram? Program { get; }

    public IReadOnlyList<CelIssue> Issues { get; }

    /// <summary>All issues with their lines; empty when there is a program.</summary>
    public string Problem => string.Join('\n', Issues.OrderBy(i => i.Position).Select(i => i.Render(Source)));
}
