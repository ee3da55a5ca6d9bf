using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Berth.Node.Logs;

/// <summary>One line of a log file as CRI runtimes write them: time, stream, tags, text.</summary>
public readonly ref struct LogLine
{
    /// <summary>RFC 3339 with nanoseconds, as written.</summary>
    public ReadOnlySpan<byte> Stamp { get; init; }

    public bool Stderr { get; init; }

    /// <summary>The line goes on in the next one.</summary>
    public bool Partial { get; init; }

    public ReadOnlySpan<byte> Text { get; init; }

    public DateTimeOffset Time =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(Stamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    /// <param name="line">Without its line feed.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogLine entry)
    {
        entry = default;
        var first = line.IndexOf((byte)' ');
        if (first <= 0) return false;
        var rest = line[(first + 1)..];
        var second = rest.IndexOf((byte)' ');
        if (second <= 0) return false;
        var stream = rest[..second];
        rest = rest[(second + 1)..];
        var third = rest.IndexOf((byte)' ');
        var tags = third < 0 ? rest : rest[..third];
        entry = new LogLine
        {
            Stamp = line[..first],
            Stderr = stream.SequenceEqual("stderr"u8),
            Partial = tags.Length > 0 && tags[0] == (byte)'P',
            Text = third < 0 ? [] : rest[(third + 1)..],
        };
        return stream.SequenceEqual("stdout"u8) || stream.SequenceEqual("stderr"u8);
    }
}
