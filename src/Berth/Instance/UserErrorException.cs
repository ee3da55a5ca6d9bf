namespace Berth.Instance;

/// <summary>Something that the user can mend. Shown as two lines without a stack: what is wrong, and what to do.</summary>
internal sealed class UserErrorException(string problem, string remedy, Exception? inner = null) : Exception(problem, inner)
{
    public string Remedy { get; } = remedy;
}
