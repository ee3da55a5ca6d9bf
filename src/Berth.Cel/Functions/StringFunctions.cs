using System.Text;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>What can be done with texts. Positions count code points.</summary>
internal static class StringFunctions
{
    // A result beyond this is no honest text of a request; cost accounting sees results only when they exist.
    private const int LengthMax = 16 * 1024 * 1024;

    public static void Declare(FunctionTable table)
    {
        var (text, number) = (CelType.String, CelType.Int);
        table.Member("contains", [text, text], CelType.Bool, static a => Text(a[0]).Contains(Text(a[1]), StringComparison.Ordinal));
        table.Member("startsWith", [text, text], CelType.Bool, static a => Text(a[0]).StartsWith(Text(a[1]), StringComparison.Ordinal));
        table.Member("endsWith", [text, text], CelType.Bool, static a => Text(a[0]).EndsWith(Text(a[1]), StringComparison.Ordinal));
        table.Member("matches", [text, text], CelType.Bool, Matches);
        table.Add("matches", [text, text], CelType.Bool, Matches);
        table.Member("charAt", [text, number], text, static a => CharAt((CelString)a[0], Int(a[1])));
        table.Member("indexOf", [text, text], number, static a => IndexOf((CelString)a[0], Text(a[1]), 0));
        table.Member("indexOf", [text, text, number], number, static a => IndexOf((CelString)a[0], Text(a[1]), Int(a[2])));
        table.Member("lastIndexOf", [text, text], number, static a => LastIndexOf((CelString)a[0], Text(a[1]), null));
        table.Member("lastIndexOf", [text, text, number], number, static a => LastIndexOf((CelString)a[0], Text(a[1]), Int(a[2])));
        table.Member("lowerAscii", [text], text, static a => Map(Text(a[0]), static c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));
        table.Member("upperAscii", [text], text, static a => Map(Text(a[0]), static c => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c));
        table.Member("replace", [text, text, text], text, static a => Replace(Text(a[0]), Text(a[1]), Text(a[2]), -1));
        table.Member("replace", [text, text, text, number], text, static a => Replace(Text(a[0]), Text(a[1]), Text(a[2]), Int(a[3])));
        table.Member("split", [text, text], CelType.List(text), static a => Split((CelString)a[0], Text(a[1]), -1));
        table.Member("split", [text, text, number], CelType.List(text), static a => Split((CelString)a[0], Text(a[1]), Int(a[2])));
        table.Member("substring", [text, number], text, static a => Substring((CelString)a[0], Int(a[1]), null));
        table.Member("substring", [text, number, number], text, static a => Substring((CelString)a[0], Int(a[1]), Int(a[2])));
        table.Member("trim", [text], text, static a => Text(a[0]).Trim());
        table.Member("join", [CelType.List(text)], text, static a => Join((CelList)a[0], ""));
        table.Member("join", [CelType.List(text), text], text, static a => Join((CelList)a[0], Text(a[1])));
        table.Member("format", [text, CelType.ListOfDyn], text, static a => StringFormat.Format(Text(a[0]), (CelList)a[1]));
        table.Add("strings.quote", [text], text, static a => CelString.Quote(Text(a[0])));
        table.Member("find", [text, text], text, static a => Regex(a[1], out var problem) is { } regex ? regex.Match(Text(a[0])).Value : problem);
        table.Member("findAll", [text, text], CelType.List(text), static a => FindAll(a, -1));
        table.Member("findAll", [text, text, number], CelType.List(text), static a => FindAll(a, Int(a[2])));
    }

    private static string Text(CelValue value) => ((CelString)value).Value;

    private static long Int(CelValue value) => ((CelInt)value).Value;

    private static CelValue Matches(ReadOnlySpan<CelValue> a) => Regex(a[1], out var problem) is { } regex ? regex.IsMatch(Text(a[0])) : problem;

    private static System.Text.RegularExpressions.Regex? Regex(CelValue pattern, out CelError problem)
    {
        var regex = LinearRegex.TryCompile(Text(pattern), out var message);
        problem = new CelError(message);
        return regex;
    }

    private static CelValue FindAll(ReadOnlySpan<CelValue> a, long limit)
    {
        if (Regex(a[1], out var problem) is not { } regex)
            return problem;
        var found = new List<CelValue>();
        for (var match = regex.Match(Text(a[0])); match.Success && (limit < 0 || found.Count < limit); match = match.NextMatch())
            found.Add(match.Value);
        return CelList.Of(found);
    }

    private static CelValue CharAt(CelString text, long at)
    {
        if (at < 0 || at > text.Length)
            return new CelError($"index out of range: {at}");
        return at == text.Length ? "" : text.Value[text.UnitOf((int)at)..text.UnitOf((int)at + 1)];
    }

    private static CelValue IndexOf(CelString text, string part, long offset)
    {
        if (offset < 0 || offset > text.Length)
            return offset > text.Length && part.Length > 0 ? new CelError($"index out of range: {offset}") : offset < 0 ? new CelError($"index out of range: {offset}") : offset;
        var found = text.Value.IndexOf(part, text.UnitOf((int)offset), StringComparison.Ordinal);
        return found < 0 ? -1L : text.PointOf(found);
    }

    private static CelValue LastIndexOf(CelString text, string part, long? offset)
    {
        if (offset is { } limit && (limit < 0 || limit >= Math.Max(text.Length, 1)))
            return new CelError($"index out of range: {limit}");
        if (part.Length > text.Value.Length)
            return -1L;
        // The last start that counts.
        var start = offset is { } last ? Math.Min(text.UnitOf((int)last), text.Value.Length - part.Length) : text.Value.Length - part.Length;
        for (var at = start; at >= 0; at--)
        {
            if (string.CompareOrdinal(text.Value, at, part, 0, part.Length) == 0)
                return text.PointOf(at);
        }

        return -1L;
    }

    private static string Map(string text, Func<char, char> map) => string.Create(text.Length, (text, map), static (span, state) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = state.map(state.text[i]);
    });

    private static CelValue Replace(string text, string old, string now, long count)
    {
        if (count == 0)
            return text;
        var result = new StringBuilder();
        var at = 0;
        for (var done = 0L; count < 0 || done < count; done++)
        {
            // An empty text is found before every character and at the end.
            var found = old.Length == 0 ? (done == 0 ? 0 : Next(text, at)) : text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0)
                break;
            result.Append(text, at, found - at).Append(now);
            if (result.Length > LengthMax)
                return new CelError("the result is too large");
            at = found + old.Length;
            if (old.Length == 0 && found >= text.Length)
                break;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static int Next(string text, int at) =>
        at >= text.Length ? -1 : at + (char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1);

    private static CelValue Split(CelString text, string separator, long limit)
    {
        if (limit == 0)
            return CelList.Of([]);
        if (separator.Length > 0)
        {
            var parts = limit < 0 ? text.Value.Split(separator) : text.Value.Split(separator, (int)Math.Min(limit, int.MaxValue));
            return CelList.Of([.. parts.Select(p => new CelString(p))]);
        }

        var runes = new List<CelValue>();
        var at = 0;
        while (at < text.Value.Length && (limit < 0 || runes.Count < limit - 1))
        {
            var next = Next(text.Value, at);
            runes.Add(text.Value[at..next]);
            at = next;
        }

        if (at < text.Value.Length)
            runes.Add(text.Value[at..]);
        return CelList.Of(runes);
    }

    private static CelValue Substring(CelString text, long start, long? end)
    {
        var to = end ?? text.Length;
        if (start > to)
            return new CelError($"invalid substring range. start: {start}, end: {to}");
        if (start < 0 || start > text.Length)
            return new CelError($"index out of range: {start}");
        return to > text.Length ? new CelError($"index out of range: {to}") : text.Value[text.UnitOf((int)start)..text.UnitOf((int)to)];
    }

    private static CelValue Join(CelList list, string separator)
    {
        var result = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not CelString part)
                return CelError.NoSuchOverload;
            if (i > 0)
                result.Append(separator);
            result.Append(part.Value);
            if (result.Length > LengthMax)
                return new CelError("the result is too large");
        }

        return result.ToString();
    }
}
