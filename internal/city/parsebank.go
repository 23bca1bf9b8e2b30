package city

import (
	"path/filepath"
	"regexp"
	"strconv"

	"clearwell/internal/calendar"
)

// capitals are what the ACH network prints: up to so many places.
func (f field) capitals(most int, message string) string {
	return f.matching(regexp.MustCompile(`^[A-Z0-9][A-Z0-9 .&/-]{0,`+strconv.Itoa(most-1)+`}$`), message)
}

func readBank(m *mapping, zone zone) *Bank {
	defer m.end()
	b := &Bank{
		Routing:     m.need("routing").matching(regexp.MustCompile(`^\d{9}$`), "give the nine digits of the bank's routing number, quoted"),
		Name:        m.need("name").capitals(23, "write up to 23 capitals and digits, such as WATERWORKS BANK"),
		Origin:      m.need("origin").capitals(10, "give the ten places by which the bank knows you, quoted"),
		OriginName:  m.need("origin_name").capitals(23, "write up to 23 capitals and digits"),
		Company:     m.need("company").capitals(16, "write up to 16 capitals and digits, such as SAMPLETOWN UTIL"),
		CompanyID:   m.need("company_id").capitals(10, "give the company id that the bank gave you, quoted"),
		Description: m.or("description", "UTIL PYMT").capitals(10, "write up to 10 capitals and digits, such as UTIL PYMT"),
		Destination: m.may("destination").plain(),
		SameDay:     m.or("same_day", "false").yes(),
		Prenote:     m.or("prenote", "true").yes(),
		Retries:     m.or("retries", "0").whole(0, 2),
		Returns:     m.may("returns").folder(),
		Folder:      m.may("folder").folder(),
	}
	at := parsed(m.or("cut_off", "15:00"), parseTimeOfDay, `give a time of day, such as "15:00"`)
	b.CutOff = calendar.CutOff{Hour: at.hour, Minute: at.minute, Zone: zone}
	if offset := m.may("offset"); offset.written {
		b.Offset = offset.secretRef()
	}
	if m.has("sftp") {
		b.SFTP = readSFTP(m.section("sftp"))
	}
	if b.SFTP == nil && b.Folder == "" {
		m.reader.reportf(m.path, "say where files for the bank go: folder, or sftp")
	}
	return b
}

func readSFTP(m *mapping) *SFTP {
	defer m.end()
	return &SFTP{
		Address: m.need("address").matching(regexp.MustCompile(`^[^\s:]+:\d+$`), "give host and port, such as files.bank.example:22"),
		User:    m.need("user").plain(),
		Key:     m.need("key").secretRef(),
		HostKey: m.need("host_key").matching(regexp.MustCompile(`^(ssh|ecdsa)-\S+ \S+$`), "give the server's public key as the bank gave it, such as ssh-ed25519 AAAA…"),
		Folder:  m.or("folder", ".").plain(),
	}
}

// folder reads an absolute path.
func (f field) folder() string {
	path := f.plain()
	if path != "" && !filepath.IsAbs(path) {
		f.wrong("give an absolute path, such as /srv/bank")
	}
	return path
}
